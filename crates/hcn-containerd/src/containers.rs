//! Records of containers. Whether one runs is the business of tasks.

use prost_types::FieldMask;
use tonic::transport::Channel;
use tonic::{Request, Status};

use crate::call::raw;
use crate::pb::containerd::services::containers::v1 as pb;
use crate::{Client, Container, ErrorKind, Result};
use pb::containers_client::ContainersClient;

/// Calls of [`Client::containers`].
#[derive(Debug, Clone, Copy)]
pub struct Containers<'c>(pub(crate) &'c Client);

impl Containers<'_> {
    /// Writes a new record: the runtime's name and the spec must be set. From then on it holds its snapshot against the
    /// garbage collector.
    ///
    /// # Errors
    /// `AlreadyExists` for the id; `InvalidArgument` for an id against the rule ([`check_id`](crate::check_id)) or a label
    /// of more than 4096 bytes.
    pub async fn create(&self, container: Container) -> Result<Container> {
        let call = self.0.call(format!("cannot create container `{}`", container.id));
        let request = call.request(pb::CreateContainerRequest { container: Some(container) });
        let answer = call.answer(self.raw().create(request)).await;
        let taken = "choose another id, or delete that container";
        call.required(answer.map_err(|error| error.advise(ErrorKind::AlreadyExists, taken))?.container)
    }

    /// One record.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn get(&self, id: &str) -> Result<Container> {
        let call = self.0.call(format!("cannot find container `{id}`"));
        let request = call.request(pb::GetContainerRequest { id: id.to_owned() });
        call.required(call.answer(self.raw().get(request)).await?.container)
    }

    /// Those that match one of the filters (containerd's language, `labels."k"==v`), or all. They come one by one, so
    /// that no limit of a message matters.
    ///
    /// # Errors
    /// `InvalidArgument` for a filter that cannot be read.
    pub async fn list(&self, filters: &[&str]) -> Result<Vec<Container>> {
        let call = self.0.call("cannot list containers".to_owned());
        let filters = filters.iter().map(ToString::to_string).collect();
        call.within(self.collect(call.request(pb::ListContainersRequest { filters }))).await
    }

    async fn collect(
        &self,
        request: Request<pb::ListContainersRequest>,
    ) -> std::result::Result<Vec<Container>, Status> {
        let mut stream = self.raw().list_stream(request).await?.into_inner();
        let mut all = Vec::new();
        while let Some(part) = stream.message().await? {
            all.extend(part.container);
        }
        Ok(all)
    }

    /// Changes what `paths` name (`labels`, `labels.KEY`, `spec`, `extensions`, `extensions.NAME`, `image`,
    /// `snapshotkey`) to what the record holds, and nothing else.
    ///
    /// # Errors
    /// `NotFound`; `InvalidArgument` for no path, or one that cannot be changed.
    pub async fn update(&self, container: Container, paths: &[&str]) -> Result<Container> {
        let call = self.0.call(format!("cannot update container `{}`", container.id));
        if paths.is_empty() {
            // To the daemon no mask means: everything, which would undo what somebody else changed meanwhile.
            return Err(call.invalid("nothing was named that is to change"));
        }
        let update_mask = Some(FieldMask { paths: paths.iter().map(ToString::to_string).collect() });
        let request = call.request(pb::UpdateContainerRequest { container: Some(container), update_mask });
        call.required(call.answer(self.raw().update(request)).await?.container)
    }

    /// Deletes a record; neither its task nor its snapshot.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete(&self, id: &str) -> Result<()> {
        let call = self.0.call(format!("cannot delete container `{id}`"));
        let request = call.request(pb::DeleteContainerRequest { id: id.to_owned() });
        call.answer(self.raw().delete(request)).await
    }

    fn raw(&self) -> ContainersClient<Channel> {
        raw!(ContainersClient, self.0.channel())
    }
}
