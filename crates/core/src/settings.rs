//! Settings: what administrators decide. Documents with versions, saved through events, so that
//! they are audited and replayed like everything else.

mod addresses;
mod documents;
mod flow_versions;
mod kind;
mod nesting;
mod used;
pub(crate) mod whole;

pub use crate::reason::Reason;
pub use kind::Kind;
pub use whole::{Change, Mark, Misfit, WHOLE};

use addresses::Addresses;
use documents::Documents;

use crate::agent::Profile;
use crate::balance::BalanceGroup;
use crate::by_id::ById;
use crate::capacity::CapacityProfile;
use crate::endpoint::{Endpoint, Model};
use crate::flow::{self, Flow, Prompt, in_range, invalid};
use crate::ids::{
    BalanceGroupId, CapacityProfileId, DispositionId, EndpointId, FlowId, PresenceId, PrivacyId,
    PromptId, QueueId, ReasonId, ScheduleId, SiteId, SkillId, SubjectRef, TeamId, TrunkId,
};
use crate::limits;
use crate::presence::PresenceRules;
use crate::privacy::Privacy;
use crate::prompt::{Heard, KeptPrompt};
use crate::queue::Queue;
use crate::reason::ReasonLabels;
use crate::recording::RecordingRule;
use crate::refusal::Refusal;
use crate::schedule::Schedule;
use crate::skill::{Level, Skill};
use crate::team::{Site, Team};
use crate::trunk::{Trunk, TrunkSecrets};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A settings document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Document {
    /// A skill.
    Skill(Skill),
    /// A queue.
    Queue(Queue),
    /// An agent.
    Agent(Profile),
    /// A flow.
    Flow(Flow),
    /// An endpoint.
    Endpoint(Endpoint),
    /// A not-ready reason.
    Reason(Reason),
    /// A disposition.
    Disposition(Disposition),
    /// A schedule of opening hours.
    Schedule(Schedule),
    /// A prompt that is kept.
    Prompt(KeptPrompt),
    /// A team.
    Team(Team),
    /// A site.
    Site(Site),
    /// What is told of agents, and how long customers' data is kept.
    Privacy(Privacy),
    /// How much agents may have at once.
    CapacityProfile(CapacityProfile),
    /// Queues that share agents.
    BalanceGroup(BalanceGroup),
    /// What holds of presence.
    Presence(Box<PresenceRules>),
    /// A trunk of Direct Routing.
    Trunk(Box<Trunk>),
}

impl Document {
    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Skill(_) => Kind::Skill,
            Self::Queue(_) => Kind::Queue,
            Self::Agent(_) => Kind::Agent,
            Self::Flow(_) => Kind::Flow,
            Self::Endpoint(_) => Kind::Endpoint,
            Self::Reason(_) => Kind::Reason,
            Self::Disposition(_) => Kind::Disposition,
            Self::Schedule(_) => Kind::Schedule,
            Self::Prompt(_) => Kind::Prompt,
            Self::Team(_) => Kind::Team,
            Self::Site(_) => Kind::Site,
            Self::Privacy(_) => Kind::Privacy,
            Self::CapacityProfile(_) => Kind::CapacityProfile,
            Self::BalanceGroup(_) => Kind::BalanceGroup,
            Self::Presence(_) => Kind::Presence,
            Self::Trunk(_) => Kind::Trunk,
        }
    }
}

/// What came of a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disposition {
    /// What people call it.
    pub label: String,
    /// The queues that offer it; none means all.
    pub queues: Vec<QueueId>,
}

/// A document with its version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versioned<T> {
    /// From 1, one more with every change.
    pub version: u64,
    /// The document as it stands.
    pub document: T,
}

/// All settings but the agents, who carry their profile themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Skills.
    pub skills: BTreeMap<SkillId, Versioned<Skill>>,
    /// Queues.
    pub queues: ById<QueueId, Versioned<Queue>>,
    /// Flows, as they stand.
    pub flows: ById<FlowId, Versioned<Flow>>,
    /// Those of them whose calls one of their nodes answers.
    #[serde(default)]
    answering: BTreeSet<FlowId>,
    /// Flows as they stood: a contact keeps the version that it entered.
    flow_versions: ById<FlowId, BTreeMap<u64, Flow>>,
    /// Endpoints.
    pub endpoints: ById<EndpointId, Versioned<Endpoint>>,
    /// Endpoints by called address.
    by_address: Addresses,
    /// Not-ready reasons.
    pub reasons: BTreeMap<ReasonId, Versioned<Reason>>,
    /// What reasons were called before, those that are gone too.
    #[serde(default, skip_serializing_if = "ReasonLabels::is_empty")]
    reason_labels: ReasonLabels,
    /// Dispositions.
    pub dispositions: BTreeMap<DispositionId, Versioned<Disposition>>,
    /// Schedules of opening hours.
    #[serde(default)]
    pub schedules: BTreeMap<ScheduleId, Versioned<Schedule>>,
    /// Prompts that are kept, as they stand.
    #[serde(default)]
    pub prompts: BTreeMap<PromptId, Versioned<KeptPrompt>>,
    /// Teams.
    #[serde(default)]
    pub teams: BTreeMap<TeamId, Versioned<Team>>,
    /// Sites.
    #[serde(default)]
    pub sites: BTreeMap<SiteId, Versioned<Site>>,
    /// What was said about privacy: one at most.
    #[serde(default)]
    pub privacies: BTreeMap<PrivacyId, Versioned<Privacy>>,
    /// How much agents may have at once.
    #[serde(default)]
    pub capacity_profiles: BTreeMap<CapacityProfileId, Versioned<CapacityProfile>>,
    /// Queues that share agents.
    #[serde(default)]
    pub balance_groups: BTreeMap<BalanceGroupId, Versioned<BalanceGroup>>,
    /// What was said about presence: one at most.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub presences: BTreeMap<PresenceId, Versioned<PresenceRules>>,
    /// Trunks of Direct Routing.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub trunks: BTreeMap<TrunkId, Versioned<Trunk>>,
    /// Their secrets.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub trunk_secrets: TrunkSecrets,
}

impl Settings {
    /// The endpoint that `address` reaches.
    #[must_use]
    pub fn endpoint_at(&self, address: &str) -> Option<(EndpointId, &Endpoint)> {
        let id = self.by_address.get(address)?;
        Some((id, &self.endpoints.get(id)?.document))
    }

    /// Whether the calls of an endpoint are answered by a node of its flow, and not before that begins.
    pub(crate) fn flow_answers(&self, endpoint: EndpointId) -> bool {
        let endpoint = self.endpoints.get(endpoint);
        endpoint.is_some_and(|it| self.answering.contains(&it.document.flow))
    }

    fn note_who_answers(&mut self, id: FlowId, answers_itself: bool) {
        if answers_itself {
            self.answering.insert(id);
        } else {
            self.answering.remove(&id);
        }
    }

    /// A queue as it stands.
    #[must_use]
    pub fn queue(&self, id: QueueId) -> Option<&Queue> {
        Some(&self.queues.get(id)?.document)
    }

    /// What a reason was called in a version of it; none when that is not known any more.
    #[must_use]
    pub fn reason_label(&self, id: ReasonId, version: u64) -> Option<&str> {
        let before = self.reason_labels.of(id, version);
        before.or_else(|| Some(self.reasons.get(&id)?.document.label.as_str()))
    }

    /// The label of a reason goes, unless it stays the same.
    fn remember_label(&mut self, id: ReasonId, next: Option<&str>) {
        if let Some(Versioned { version, document }) = self.reasons.get(&id)
            && next != Some(document.label.as_str())
        {
            self.reason_labels.was_called(id, *version, &document.label);
        }
    }

    /// The rule by which a queue's conversations are recorded.
    #[must_use]
    pub fn recording_rule(&self, queue: QueueId) -> Option<&RecordingRule> {
        self.queue(queue)?.recording.as_deref()
    }

    /// The schedule that a queue's contacts come and wait under.
    #[must_use]
    pub fn schedule_of(&self, queue: QueueId) -> Option<(ScheduleId, &Versioned<Schedule>)> {
        let id = self.queue(queue)?.hours?;
        Some((id, self.schedules.get(&id)?))
    }

    /// What a contact with these attributes hears: a prompt that is kept as it stands now, in its language.
    pub(crate) fn heard(&self, prompt: &Prompt, attributes: &BTreeMap<String, String>) -> Heard {
        match prompt {
            Prompt::Text(text) => Heard::Text(flow::fill::spoken(text, attributes)),
            Prompt::Url(url) => Heard::Url(url.clone()),
            Prompt::Kept(id) => {
                let kept = self.prompts.get(id);
                kept.map_or_else(Heard::nothing, |it| it.document.heard(attributes))
            }
        }
    }

    /// How many of a kind there are, and the version of one of them.
    pub(crate) fn standing(&self, kind: Kind, id: u64) -> (usize, Option<u64>) {
        match kind {
            Kind::Skill => standing(&self.skills, SkillId(id)),
            Kind::Queue => standing(&self.queues, QueueId(id)),
            Kind::Flow => standing(&self.flows, FlowId(id)),
            Kind::Endpoint => standing(&self.endpoints, EndpointId(id)),
            Kind::Reason => standing(&self.reasons, ReasonId(id)),
            Kind::Disposition => standing(&self.dispositions, DispositionId(id)),
            Kind::Schedule => standing(&self.schedules, ScheduleId(id)),
            Kind::Prompt => standing(&self.prompts, PromptId(id)),
            Kind::Team => standing(&self.teams, TeamId(id)),
            Kind::Site => standing(&self.sites, SiteId(id)),
            Kind::Privacy => standing(&self.privacies, PrivacyId(id)),
            Kind::CapacityProfile => standing(&self.capacity_profiles, CapacityProfileId(id)),
            Kind::BalanceGroup => standing(&self.balance_groups, BalanceGroupId(id)),
            Kind::Presence => standing(&self.presences, PresenceId(id)),
            Kind::Trunk => standing(&self.trunks, TrunkId(id)),
            Kind::Agent => (0, None),
        }
    }

    /// Numbers and versions of all documents of a kind but agents, in order.
    fn versions_of(&self, kind: Kind) -> Vec<(u64, u64)> {
        match kind {
            Kind::Skill => versions(&self.skills, |id| id.0),
            Kind::Queue => versions(&self.queues, |id| id.0),
            Kind::Flow => versions(&self.flows, |id| id.0),
            Kind::Endpoint => versions(&self.endpoints, |id| id.0),
            Kind::Reason => versions(&self.reasons, |id| id.0),
            Kind::Disposition => versions(&self.dispositions, |id| id.0),
            Kind::Schedule => versions(&self.schedules, |id| id.0),
            Kind::Prompt => versions(&self.prompts, |id| id.0),
            Kind::Team => versions(&self.teams, |id| id.0),
            Kind::Site => versions(&self.sites, |id| id.0),
            Kind::Privacy => versions(&self.privacies, |id| id.0),
            Kind::CapacityProfile => versions(&self.capacity_profiles, |id| id.0),
            Kind::BalanceGroup => versions(&self.balance_groups, |id| id.0),
            Kind::Presence => versions(&self.presences, |id| id.0),
            Kind::Trunk => versions(&self.trunks, |id| id.0),
            Kind::Agent => Vec::new(),
        }
    }

    /// A document of a kind but agents, as it stands.
    fn document(&self, kind: Kind, id: u64) -> Option<Document> {
        Some(match kind {
            Kind::Skill => Document::Skill(copy(&self.skills, SkillId(id))?),
            Kind::Queue => Document::Queue(self.queue(QueueId(id))?.clone()),
            Kind::Flow => Document::Flow(copy(&self.flows, FlowId(id))?),
            Kind::Endpoint => Document::Endpoint(copy(&self.endpoints, EndpointId(id))?),
            Kind::Reason => Document::Reason(copy(&self.reasons, ReasonId(id))?),
            Kind::Disposition => {
                Document::Disposition(copy(&self.dispositions, DispositionId(id))?)
            }
            Kind::Schedule => Document::Schedule(copy(&self.schedules, ScheduleId(id))?),
            Kind::Prompt => Document::Prompt(copy(&self.prompts, PromptId(id))?),
            Kind::Team => Document::Team(copy(&self.teams, TeamId(id))?),
            Kind::Site => Document::Site(copy(&self.sites, SiteId(id))?),
            Kind::Privacy => Document::Privacy(copy(&self.privacies, PrivacyId(id))?),
            Kind::CapacityProfile => {
                Document::CapacityProfile(copy(&self.capacity_profiles, CapacityProfileId(id))?)
            }
            Kind::BalanceGroup => {
                Document::BalanceGroup(copy(&self.balance_groups, BalanceGroupId(id))?)
            }
            Kind::Presence => Document::Presence(Box::new(copy(&self.presences, PresenceId(id))?)),
            Kind::Trunk => Document::Trunk(Box::new(copy(&self.trunks, TrunkId(id))?)),
            Kind::Agent => return None,
        })
    }

    pub(crate) fn saved(&mut self, id: u64, version: u64, document: &Document) {
        match document {
            Document::Skill(skill) => put(&mut self.skills, SkillId(id), version, skill),
            Document::Queue(queue) => put(&mut self.queues, QueueId(id), version, queue),
            Document::Flow(flow) => {
                self.remember_flow(FlowId(id), version, flow);
                self.note_who_answers(FlowId(id), flow.answers_itself());
                put(&mut self.flows, FlowId(id), version, flow);
            }
            Document::Endpoint(endpoint) => {
                self.forget_address(EndpointId(id));
                self.by_address
                    .insert(endpoint.address.clone(), EndpointId(id));
                put(&mut self.endpoints, EndpointId(id), version, endpoint);
            }
            Document::Reason(reason) => {
                let id = ReasonId(id);
                self.remember_label(id, Some(&reason.label));
                put(&mut self.reasons, id, version, reason);
            }
            Document::Disposition(it) => {
                put(&mut self.dispositions, DispositionId(id), version, it)
            }
            Document::Schedule(it) => put(&mut self.schedules, ScheduleId(id), version, it),
            Document::Prompt(it) => put(&mut self.prompts, PromptId(id), version, it),
            Document::Team(it) => put(&mut self.teams, TeamId(id), version, it),
            Document::Site(it) => put(&mut self.sites, SiteId(id), version, it),
            Document::Privacy(it) => put(&mut self.privacies, PrivacyId(id), version, it),
            Document::CapacityProfile(it) => {
                put(
                    &mut self.capacity_profiles,
                    CapacityProfileId(id),
                    version,
                    it,
                );
            }
            Document::BalanceGroup(it) => {
                put(&mut self.balance_groups, BalanceGroupId(id), version, it)
            }
            Document::Presence(it) => put(&mut self.presences, PresenceId(id), version, &**it),
            Document::Trunk(it) => {
                self.forget_secrets(TrunkId(id), Some(it));
                put(&mut self.trunks, TrunkId(id), version, &**it);
            }
            Document::Agent(_) => {}
        }
    }

    pub(crate) fn removed(&mut self, kind: Kind, id: u64) {
        match kind {
            Kind::Skill => drop(self.skills.remove(&SkillId(id))),
            Kind::Queue => drop(self.queues.remove(QueueId(id))),
            Kind::Flow => {
                self.note_who_answers(FlowId(id), false);
                self.flows.remove(FlowId(id));
            }
            Kind::Endpoint => {
                self.forget_address(EndpointId(id));
                self.endpoints.remove(EndpointId(id));
            }
            Kind::Reason => {
                self.remember_label(ReasonId(id), None);
                self.reasons.remove(&ReasonId(id));
            }
            Kind::Disposition => drop(self.dispositions.remove(&DispositionId(id))),
            Kind::Schedule => drop(self.schedules.remove(&ScheduleId(id))),
            Kind::Prompt => drop(self.prompts.remove(&PromptId(id))),
            Kind::Team => drop(self.teams.remove(&TeamId(id))),
            Kind::Site => drop(self.sites.remove(&SiteId(id))),
            Kind::Privacy => drop(self.privacies.remove(&PrivacyId(id))),
            Kind::CapacityProfile => {
                drop(self.capacity_profiles.remove(&CapacityProfileId(id)));
            }
            Kind::BalanceGroup => drop(self.balance_groups.remove(&BalanceGroupId(id))),
            Kind::Presence => drop(self.presences.remove(&PresenceId(id))),
            Kind::Trunk => {
                self.forget_secrets(TrunkId(id), None);
                self.trunks.remove(&TrunkId(id));
            }
            Kind::Agent => {}
        }
    }

    fn forget_address(&mut self, id: EndpointId) {
        let Some(old) = self.endpoints.get(id) else {
            return;
        };
        // Among changes that are made together another endpoint may have taken the address already.
        let address = &old.document.address;
        if self.by_address.get(address) == Some(id) {
            self.by_address.remove(address);
        }
    }

    /// Secrets of those whom a trunk does not name any more are nobody's.
    fn forget_secrets(&mut self, id: TrunkId, trunk: Option<&Trunk>) {
        let Some(secrets) = self.trunk_secrets.get_mut(&id) else {
            return;
        };
        secrets.retain(|user, _| trunk.is_some_and(|it| it.users().any(|it| it == user)));
        if secrets.is_empty() {
            self.trunk_secrets.remove(&id);
        }
    }

    pub(crate) fn secret_set(&mut self, trunk: TrunkId, user: &str, secret: SubjectRef) {
        let secrets = self.trunk_secrets.entry(trunk).or_default();
        secrets.insert(user.to_owned(), secret);
    }

    /// Everything that would keep a flow from being saved, if it were a new one.
    #[must_use]
    pub fn flow_problems(&self, flow: &Flow) -> Vec<Refusal> {
        let named = self.validate_flow_references(flow).err();
        let mut problems: Vec<_> = named.into_iter().chain(flow.problems()).collect();
        if problems.is_empty() {
            problems.extend(self.validate_nesting(None, flow).err());
        }
        problems
    }

    fn validate_flow_references(&self, flow: &Flow) -> Result<(), Refusal> {
        name("name", &flow.name)?;
        for queue in flow.queues() {
            exists("nodes", "queue", queue.0, self.queues.contains(queue))?;
        }
        for schedule in flow.schedules() {
            self.validate_schedule("nodes", schedule)?;
        }
        for (place, prompt) in flow.kept_prompts() {
            self.validate_kept(&place, prompt)?;
        }
        for (place, inner) in flow.sub_flows() {
            exists(&place, "flow", inner.0, self.flows.contains(inner))?;
        }
        Ok(())
    }

    /// Checks a document against its rules and against what else stands.
    pub(crate) fn validate(&self, id: Option<u64>, document: &Document) -> Result<(), Refusal> {
        match document {
            Document::Skill(skill) => {
                name("name", &skill.name)?;
                let twin = |(other, it): (&SkillId, &Versioned<Skill>)| {
                    Some(other.0) != id && it.document.name.eq_ignore_ascii_case(&skill.name)
                };
                unique("name", self.skills.iter().any(twin))
            }
            Document::Queue(queue) => self.validate_queue(id, queue),
            Document::Agent(profile) => self.validate_profile(profile),
            Document::Flow(it) => {
                self.validate_flow_references(it)?;
                it.validate()?;
                self.validate_nesting(id.map(FlowId), it)
            }
            Document::Endpoint(endpoint) => self.validate_endpoint(id, endpoint),
            Document::Reason(reason) => self.validate_reason(id, reason),
            Document::Schedule(schedule) => {
                let twin = |(other, it): (&ScheduleId, &Versioned<Schedule>)| {
                    Some(other.0) != id && it.document.name.eq_ignore_ascii_case(&schedule.name)
                };
                unique("name", self.schedules.iter().any(twin))?;
                schedule.validate()
            }
            Document::Prompt(prompt) => {
                name("name", &prompt.name)?;
                let twin = |(other, it): (&PromptId, &Versioned<KeptPrompt>)| {
                    Some(other.0) != id && it.document.name.eq_ignore_ascii_case(&prompt.name)
                };
                unique("name", self.prompts.iter().any(twin))?;
                prompt.validate()
            }
            Document::Team(team) => self.validate_team(id, team),
            Document::Site(site) => self.validate_site(id, site),
            Document::Privacy(privacy) => privacy.validate(),
            Document::CapacityProfile(it) => self.validate_capacity_profile(id, it),
            Document::BalanceGroup(it) => self.validate_balance_group(id, it),
            Document::Presence(it) => self.validate_presence(it),
            Document::Trunk(it) => self.validate_trunk(id, it),
            Document::Disposition(it) => {
                name("label", &it.label)?;
                it.queues.iter().try_for_each(|queue| {
                    exists("queue_ids", "queue", queue.0, self.queues.contains(*queue))
                })
            }
        }
    }

    fn validate_schedule(&self, field: &str, schedule: ScheduleId) -> Result<(), Refusal> {
        let known = self.schedules.contains_key(&schedule);
        exists(field, "schedule", schedule.0, known)
    }

    fn validate_kept(&self, field: &str, prompt: PromptId) -> Result<(), Refusal> {
        let known = self.prompts.contains_key(&prompt);
        exists(field, "prompt", prompt.0, known)
    }

    fn validate_queue(&self, id: Option<u64>, queue: &Queue) -> Result<(), Refusal> {
        name("name", &queue.name)?;
        let twin = |(other, it): (QueueId, &Versioned<Queue>)| {
            Some(other.0) != id && it.document.name.eq_ignore_ascii_case(&queue.name)
        };
        unique("name", self.queues.iter().any(twin))?;
        if queue.short_name.chars().count() > limits::SHORT_NAME_CHARS_MAX {
            return Err(invalid(
                "short_name",
                "is longer than 10 characters".to_owned(),
            ));
        }
        if queue.requirements.len() > limits::SKILLS_PER_OBJECT_MAX {
            let max = limits::SKILLS_PER_OBJECT_MAX;
            return Err(Refusal::LimitReached {
                what: "required skills",
                max,
            });
        }
        for requirement in &queue.requirements {
            let known = self.skills.contains_key(&requirement.skill);
            exists("requirements", "skill", requirement.skill.0, known)?;
            level("requirements", requirement.min_level)?;
        }
        queue.validate_asks(&|skill| self.skills.contains_key(&skill))?;
        for (place, team) in queue.teams_named() {
            exists(&place, "team", team.0, self.teams.contains_key(&team))?;
        }
        for (field, prompt) in queue.prompts() {
            flow::validate_prompt(&field, prompt)?;
            if let Prompt::Kept(prompt) = prompt {
                self.validate_kept(&field, *prompt)?;
            }
        }
        queue.announce.as_ref().map_or(Ok(()), |it| it.validate())?;
        queue.validate_agents()?;
        queue
            .recording
            .as_ref()
            .map_or(Ok(()), |it| it.validate())?;
        if let Some(rules) = &queue.calling_out {
            rules.validate()?;
            let known = self.endpoints.contains(rules.endpoint);
            exists(
                "calling_out.endpoint_id",
                "endpoint",
                rules.endpoint.0,
                known,
            )?;
        }
        self.validate_callbacks(queue)?;
        validate_times(queue)?;
        in_range("max_waiting", queue.max_waiting, 1, 10_000)?;
        in_range("priority", u32::from(queue.priority), 0, 9)?;
        match queue.hours {
            Some(schedule) => self.validate_schedule("hours_id", schedule),
            None => Ok(()),
        }
    }

    /// Who is called back sees the number of the calls from the queue.
    fn validate_callbacks(&self, queue: &Queue) -> Result<(), Refusal> {
        let Some(rules) = &queue.callbacks else {
            return Ok(());
        };
        if queue.calling_out.is_none() {
            let detail = "need a number to call from; set \"calling_out\" of the queue too";
            return Err(invalid("callbacks", detail.to_owned()));
        }
        rules.validate()?;
        match rules.hours {
            Some(schedule) => self.validate_schedule("callbacks.hours_id", schedule),
            None => Ok(()),
        }
    }

    fn validate_profile(&self, profile: &Profile) -> Result<(), Refusal> {
        if profile.address.trim().is_empty() || profile.address.len() > 200 {
            return Err(invalid("teams_user_id", "is missing".to_owned()));
        }
        if profile.skills.len() > limits::SKILLS_PER_OBJECT_MAX {
            let max = limits::SKILLS_PER_OBJECT_MAX;
            return Err(Refusal::LimitReached {
                what: "skills of an agent",
                max,
            });
        }
        if let Some(team) = profile.team {
            exists("team_id", "team", team.0, self.teams.contains_key(&team))?;
        }
        if let Some(phone) = &profile.phone {
            self.validate_phone(phone)?;
        }
        if let Some(id) = profile.capacity {
            let known = self.capacity_profiles.contains_key(&id);
            exists("capacity_profile_id", "capacity profile", id.0, known)?;
        }
        profile.skills.iter().try_for_each(|have| {
            exists(
                "skills",
                "skill",
                have.skill.0,
                self.skills.contains_key(&have.skill),
            )?;
            level("skills", have.level)
        })
    }

    fn validate_endpoint(&self, id: Option<u64>, endpoint: &Endpoint) -> Result<(), Refusal> {
        name("name", &endpoint.name)?;
        if endpoint.address.is_empty() || endpoint.address.len() > 200 {
            return Err(invalid("resource_account_id", "is missing".to_owned()));
        }
        if let Some(number) = endpoint.number()
            && self.trunk_of_number(number).is_none()
        {
            let detail =
                "is a number of no trunk; add it to the numbers of the trunk that it comes by";
            return Err(invalid("number", detail.to_owned()));
        }
        let before = id.and_then(|id| self.endpoints.get(EndpointId(id)));
        if before.is_some_and(|it| it.document.model() != endpoint.model()) {
            let detail = "cannot become another kind of address while calls may be on it; make another endpoint";
            return Err(invalid("number", detail.to_owned()));
        }
        let other = self
            .by_address
            .get(&endpoint.address)
            .filter(|other| Some(other.0) != id);
        let field = match endpoint.model() {
            Model::TeamsPhone => "resource_account_id",
            Model::DirectRouting => "number",
        };
        unique(field, other.is_some())?;
        exists(
            "flow_id",
            "flow",
            endpoint.flow.0,
            self.flows.contains(endpoint.flow),
        )
    }
}

/// How long things take in a queue.
fn validate_times(queue: &Queue) -> Result<(), Refusal> {
    in_range("offer_timeout_s", queue.offer_timeout_s, 5, 120)?;
    in_range("join_timeout_s", queue.join_timeout_s, 5, 180)?;
    in_range("wrap_up.seconds", queue.wrap_up.seconds, 0, 900)?;
    if queue.wrap_up.mode.is_timed() {
        in_range("wrap_up.seconds", queue.wrap_up.seconds, 1, 900)?;
    }
    in_range(
        "service_level.threshold_s",
        queue.service_level.threshold_s,
        1,
        604_800,
    )?;
    in_range(
        "service_level.target_percent",
        queue.service_level.target_percent,
        1,
        100,
    )?;
    in_range("short_abandon_s", queue.short_abandon_s, 0, 60)?;
    in_range("max_wait_s", queue.max_wait_s, 1, 14_400)?;
    in_range("cooldown_s", queue.cooldown_s, 0, 3_600)?;
    let max = limits::MESSAGE_MISSES_MAX;
    in_range("message_misses", queue.message_misses.into(), 1, max)
}

fn put<K, T: Clone>(kept: &mut impl Documents<K, T>, id: K, version: u64, document: &T) {
    let document = document.clone();
    kept.put(id, Versioned { version, document });
}

fn copy<K, T: Clone>(kept: &impl Documents<K, T>, id: K) -> Option<T> {
    kept.at(id).map(|it| it.document.clone())
}

fn versions<K, T>(kept: &impl Documents<K, T>, number: impl Fn(K) -> u64) -> Vec<(u64, u64)> {
    let all = kept.versions().into_iter();
    all.map(|(id, version)| (number(id), version)).collect()
}

fn standing<K, T>(kept: &impl Documents<K, T>, id: K) -> (usize, Option<u64>) {
    (kept.n(), kept.at(id).map(|it| it.version))
}

pub(crate) fn name(field: &str, value: &str) -> Result<(), Refusal> {
    match value.trim().chars().count() {
        0 => Err(invalid(field, "write a name".to_owned())),
        count if count > limits::NAME_CHARS_MAX => Err(invalid(
            field,
            format!("is longer than {} characters", limits::NAME_CHARS_MAX),
        )),
        _ => Ok(()),
    }
}

pub(crate) fn unique(field: &str, taken: bool) -> Result<(), Refusal> {
    if taken {
        return Err(invalid(
            field,
            "is already used by another; choose a different one".to_owned(),
        ));
    }
    Ok(())
}

pub(crate) fn exists(field: &str, what: &str, id: u64, known: bool) -> Result<(), Refusal> {
    if known {
        return Ok(());
    }
    Err(invalid(field, format!("there is no {what} {id}")))
}

fn level(field: &str, level: Level) -> Result<(), Refusal> {
    in_range(
        field,
        u32::from(level.0),
        u32::from(Level::MIN.0),
        u32::from(Level::MAX.0),
    )
}
