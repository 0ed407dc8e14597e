//! Access control: what traffic an endpoint, or a whole network, lets through.

document! {
    /// One rule. What is absent matches everything; lists are texts with commas between their entries.
    ///
    /// On a network it is a `NetworkACL`, from service version 15.0 on.
    pub struct Acl {
        /// The protocols' numbers: `6,17`.
        protocols: String = "Protocols",
        /// What becomes of the traffic; absent means [`AclAction::Allow`].
        action: AclAction = "Action",
        /// As the endpoint sees it; absent means [`AclDirection::In`].
        direction: AclDirection = "Direction",
        /// Addresses or prefixes of this side.
        local_addresses: String = "LocalAddresses",
        /// Addresses or prefixes of the other side.
        remote_addresses: String = "RemoteAddresses",
        /// Ports or ranges (`80,8000-8080`) of this side.
        local_ports: String = "LocalPorts",
        /// Ports or ranges of the other side.
        remote_ports: String = "RemotePorts",
        /// Who applies it; absent means [`AclRuleType::Host`]. Transparent networks want it said.
        rule_type: AclRuleType = "RuleType",
        /// Lower wins. Transparent networks want it said.
        priority: u16 = "Priority",
        /// The rule's own id: free text.
        id: String = "Id",
    }
}

settings!(Acl: OnEndpoint "ACL" 1, OnNetwork "NetworkACL" 13);

impl Acl {
    /// A rule about all traffic of one direction; its members narrow it down:
    ///
    /// ```
    /// # use hcn::{Acl, AclAction, AclDirection};
    /// let https = Acl {
    ///     protocols: Some("6".to_owned()),
    ///     local_ports: Some("443".to_owned()),
    ///     ..Acl::new(AclAction::Allow, AclDirection::In)
    /// };
    /// assert_eq!(
    ///     https.to_json(),
    ///     r#"{"Protocols":"6","Action":"Allow","Direction":"In","LocalPorts":"443"}"#
    /// );
    /// ```
    pub fn new(action: AclAction, direction: AclDirection) -> Self {
        Self { action: Some(action), direction: Some(direction), ..Self::default() }
    }

    /// What becomes of the traffic.
    pub fn action(&self) -> AclAction {
        self.action.clone().unwrap_or_default()
    }

    /// Which traffic, as the endpoint sees it.
    pub fn direction(&self) -> AclDirection {
        self.direction.clone().unwrap_or_default()
    }

    /// Who applies it.
    pub fn rule_type(&self) -> AclRuleType {
        self.rule_type.clone().unwrap_or_default()
    }
}

open_enum! {
    /// What becomes of traffic that an [`Acl`] matches.
    pub enum AclAction {
        /// It passes.
        Allow = 0 "Allow",
        /// It is dropped.
        Block = 1 "Block",
        /// The next tier decides; from schema 2.10 on.
        Pass = 2 "Pass",
    }
}

open_enum! {
    /// The direction of traffic as the endpoint sees it.
    pub enum AclDirection {
        /// To the endpoint.
        In = 0 "In",
        /// From the endpoint.
        Out = 1 "Out",
    }
}

open_enum! {
    /// Who applies an [`Acl`].
    pub enum AclRuleType {
        /// The host's filtering platform (WFP).
        Host = 0 "Host",
        /// The virtual switch (VFP).
        Switch = 1 "Switch",
    }
}
