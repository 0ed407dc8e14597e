//! Making a plan's steps, and unmaking them: the order, and nothing else. What a step means is its [`Host`]'s matter.
//!
//! Making: `first`, then both lanes at once, then `then`. Unmaking walks the same steps backwards: `then`, both lanes
//! at once, `first`. A lane is always awaited to its end, for what blocks behind a dropped future goes on behind our
//! back; but it begins no further step once the other lane has failed. Every failure is collected, first cause first. A
//! step that could not be unmade keeps what it stands on, and nothing else, for the next try.

use std::cell::RefCell;

use super::plan::{Plan, Step};
use super::progress::{Stage, Stages};

/// Makes and unmakes steps. Unmaking is idempotent: what is absent is success.
pub(crate) trait Host {
    /// Why a step could not be made or unmade.
    type Error;

    /// Why no further step is to be begun, if so.
    fn stopped(&self) -> Option<Self::Error>;

    /// Makes one step. Where it fails, unmaking it must still remove whatever it left.
    async fn make(&self, plan: &Plan, step: &Step) -> Result<(), Self::Error>;

    /// Unmakes one step, made or not, whole or half.
    async fn unmake(&self, plan: &Plan, step: &Step) -> Result<(), Self::Error>;

    /// One step is not unmade: what stands on it could not be.
    fn keep(&self, plan: &Plan, step: &Step);
}

/// How many steps of each part were begun: those are to be unmade. After a crash nobody knows, and it is all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Begun {
    first: usize,
    lanes: [usize; 2],
    then: usize,
}

impl Begun {
    /// Those that a run which died had begun, as far as is known. A step is begun only after all before it in its lane.
    pub(crate) fn as_noted(plan: &Plan, stages: &Stages) -> Self {
        let begun = |steps: &[Step]| {
            let last = steps.iter().rposition(|step| stages.of(plan.position(step)) != Stage::Untouched);
            last.map_or(0, |last| last + 1)
        };
        let [network, container] = &plan.lanes;
        Self { first: begun(&plan.first), lanes: [begun(network), begun(container)], then: begun(&plan.then) }
    }
}

/// What became of the making: what was begun, and every failure in the order of time; none means that all is there.
#[derive(Debug)]
#[must_use]
pub(crate) struct Made<E> {
    /// What is to be unmade.
    pub(crate) begun: Begun,
    /// Why something is missing.
    pub(crate) failures: Vec<E>,
}

/// Makes the plan's steps, as far as they go. What was held before counts as begun, even where nothing is.
pub(crate) async fn make<H: Host>(host: &H, plan: &Plan) -> Made<H::Error> {
    let work = Work::new(host, plan);
    let mut begun = Begun { first: work.make(&plan.first).await.max(plan.held()), ..Begun::default() };
    let (network, container) = tokio::join!(work.make(&plan.lanes[0]), work.make(&plan.lanes[1]));
    begun.lanes = [network, container];
    begun.then = work.make(&plan.then).await;
    Made { begun, failures: work.failures.into_inner() }
}

/// Unmakes what was begun, backwards, and gives every failure; a second call finds what is still there.
pub(crate) async fn undo<H: Host>(host: &H, plan: &Plan, begun: Begun) -> Vec<H::Error> {
    let work = Work::new(host, plan);
    work.unmake(&plan.then[..begun.then]).await;
    let [network, container] = [0, 1].map(|lane| &plan.lanes[lane][..begun.lanes[lane]]);
    tokio::join!(work.unmake(network), work.unmake(container));
    work.unmake(&plan.first[..begun.first]).await;
    work.failures.into_inner()
}

struct Work<'a, H: Host> {
    host: &'a H,
    plan: &'a Plan,
    failures: RefCell<Vec<H::Error>>,
    /// What could not be unmade.
    left: RefCell<Vec<&'a Step>>,
}

impl<'a, H: Host> Work<'a, H> {
    fn new(host: &'a H, plan: &'a Plan) -> Self {
        Self { host, plan, failures: RefCell::default(), left: RefCell::default() }
    }

    /// Makes steps one after the other until one fails, here or in the other lane. Answers how many were begun.
    async fn make(&self, steps: &[Step]) -> usize {
        for (index, step) in steps.iter().enumerate() {
            if !self.goes_on() {
                return index;
            }
            if let Err(failure) = self.host.make(self.plan, step).await {
                self.failures.borrow_mut().push(failure);
                return index + 1;
            }
        }
        steps.len()
    }

    /// Nothing has failed, and nobody asked for an end.
    fn goes_on(&self) -> bool {
        let mut failures = self.failures.borrow_mut();
        if failures.is_empty() {
            failures.extend(self.host.stopped());
        }
        failures.is_empty()
    }

    /// Unmakes steps backwards; a failure keeps from that only what the step stands on.
    async fn unmake(&self, steps: &'a [Step]) {
        for step in steps.iter().rev() {
            if self.left.borrow().iter().any(|left| left.stands_on(step)) {
                self.host.keep(self.plan, step);
            } else if let Err(failure) = self.host.unmake(self.plan, step).await {
                self.failures.borrow_mut().push(failure);
                self.left.borrow_mut().push(step);
            }
        }
    }
}

#[cfg(test)]
mod tests;
