//! Why a witness was refused, precisely enough to find the mistake.

use std::fmt;

use crate::model::{CommunicationId, FaceId, GuardId, LabelId};
use crate::verify::{Level, Packet};

/// A witness that the model does not confirm.
///
/// **A refusal is a defect of sekisho, never of the drawing.** An engine claimed a path, and code that shares nothing
/// with it could not walk it. The caller must treat it as an internal error: it must not show the path, and it must
/// not show the verdict as safe either, since nothing is known of the paths that the engine did not report.
///
/// The text of [`fmt::Display`] is in English, because it goes into that internal error and not into a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The start fact is at a face that the model does not have.
    NoSuchStart(FaceId),
    /// A hop is not a step of the semantics, or not the one that is claimed.
    Hop {
        /// Which hop, counted from 1.
        number: usize,
        /// What is wrong with it.
        reason: Reason,
    },
    /// The path does not start where, or with what, the question starts.
    StartOffQuestion,
    /// The path does not end where, or with what, the question ends.
    EndOffQuestion,
    /// The crossing is permitted: this permit (its position in `Model::permits`) fits.
    Permitted(usize),
    /// The flow has to pass this label, and the path does not.
    LabelNotPassed(LabelId),
}

/// What is wrong with a hop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Its premise is not the fact at which the path stands.
    NotChained,
    /// It names a face that the model does not have.
    NoSuchFace(FaceId),
    /// The face of the premise is no mediator's, or its mediator has no such transform.
    NoSuchTransform(usize),
    /// The transform takes or gives something else.
    OtherTransform(usize),
    /// The model has no such relation.
    NoSuchRelation(usize),
    /// The relation leads from or to another fact.
    OtherRelation(usize),
    /// What arrived gives no control there in this lens, or that is not what the hop concludes.
    NoPivot,
    /// No store keeps that in this form, or none does in this lens.
    NotStored,
    /// The two facts are not control at one face of a machine and its arrival at another.
    NotOneMachine,
    /// The guards are not those that the step demands.
    OtherGuards {
        /// What the step demands, sorted.
        demanded: Vec<GuardId>,
    },
    /// The step is closed: this guard works.
    GuardWorks(GuardId),
    /// The labels are not those that the step earns.
    OtherLabels {
        /// What the step earns, sorted.
        earned: Vec<LabelId>,
    },
    /// The step is less certain than it is claimed to be.
    LessCertain {
        /// How certain it is at most.
        at_most: Level,
    },
    /// The facts are not at the ends of the session, nor at the impersonator's face and one end.
    OtherEnds,
    /// The session does not carry that from the premise to the conclusion.
    OtherContent,
    /// The face is not attached to a network.
    Detached(FaceId),
    /// The initiator opens no sessions, or none to this responder.
    MayNotOpen,
    /// Initiator and responder are one node.
    OneNode,
    /// The responder does not answer the delivered service.
    NotListening,
    /// The responder does not admit the initiator.
    ClientNotAdmitted,
    /// The packet's source is not an address of the initiator.
    SourceOfAnother,
    /// The delivered packet's destination is not an address of the responder.
    DestinationOfAnother,
    /// The packet has ports, but its protocol has none.
    PortsWithoutPorts,
    /// A packet with addresses of two families.
    MixedFamilies,
    /// The zone keeps its endpoints from talking to each other.
    Isolated,
    /// Nothing of the kind travels covertly: another lens, another protocol, a reply, or not the content of a
    /// party that colludes.
    NotCovert,
    /// Impersonation is no step of this lens.
    ImpersonationInDirect,
    /// The impersonator is not a host in the zone of the end whose address it uses.
    NoHostOfTheZone,
    /// The zone is not one broadcast domain, so nobody can use a neighbour's address.
    NotBroadcast,
    /// The impersonator's node is the initiator's or the responder's.
    ImpersonatesItself,
    /// The session is not one of this communication.
    OtherCommunication(CommunicationId),
    /// Every declared communication that the session can be has a guard on this step; the hop names none of them.
    CommunicationNotNamed,
    /// The walk of the first packet (or of the covert one) is not possible, or not as claimed.
    Walk(Stop),
    /// The walk does not end in the responder's zone.
    EndsElsewhere,
    /// The packet arrives in another form.
    OtherDelivered(Box<Packet>),
    /// Later packets of the initiator have no walk to the responder.
    NoAck,
    /// On the walk itself, later packets of the initiator certainly pass only up to here.
    AckStops(Stop),
    /// The reply has no walk to the initiator.
    NoReply,
    /// On the way back along the walk, the reply certainly passes only up to here.
    ReplyStops(Stop),
    /// The walk is not the only one, so the step is not `Must`.
    AnotherWalk,
}

/// Where on the claimed walk a packet stops, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// Which device of the claimed forward walk, counted from 1.
    pub device: usize,
    /// What is wrong there.
    pub fault: Fault,
}

/// Why a device does not do with a packet what is claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The model has no such device.
    NoSuchDevice,
    /// The packet is in another zone.
    NotHere,
    /// The device does not join the two zones.
    NotItsZones,
    /// It forwards only in the other direction.
    AgainstOneWay,
    /// It does not route the packet to that zone, or not certainly.
    NotRouted,
    /// Its rules or its default drop the packet, or do not certainly let it pass.
    Dropped,
    /// After translation the packet has addresses of two families.
    MixedFamilies,
    /// Its translation does not turn the one packet into the other, or not certainly.
    Mistranslated,
    /// A route hands the packet to another device than the next one.
    HandedToAnother,
    /// Such a packet is never answered.
    Unanswered,
    /// Another rule decides; `None` is the default or a device without rules.
    OtherRule(Option<usize>),
    /// It lets the packet out in another form.
    OtherPacket(Box<Packet>),
}

impl std::error::Error for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchStart(face) => {
                write!(f, "the path starts at {face:?}, which does not exist")
            }
            Self::Hop { number, reason } => write!(f, "hop {number}: {reason}"),
            Self::StartOffQuestion => f.write_str("the path does not start where the question starts"),
            Self::EndOffQuestion => f.write_str("the path does not end where the question ends"),
            Self::Permitted(permit) => write!(f, "the crossing fits permit {permit}"),
            Self::LabelNotPassed(label) => write!(f, "the flow does not pass {label:?}"),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchFace(face) => write!(f, "{face:?} does not exist"),
            Self::NoSuchTransform(i) => write!(f, "there is no transform {i} at that face"),
            Self::OtherTransform(i) => write!(f, "transform {i} takes or gives something else"),
            Self::NoSuchRelation(i) => write!(f, "there is no relation {i}"),
            Self::OtherRelation(i) => write!(f, "relation {i} leads from or to another fact"),
            Self::OtherGuards { demanded } => {
                write!(f, "the step demands exactly the guards {demanded:?}")
            }
            Self::GuardWorks(guard) => write!(f, "{guard:?} works and closes the step"),
            Self::OtherLabels { earned } => {
                write!(f, "the step earns exactly the labels {earned:?}")
            }
            Self::LessCertain { at_most } => write!(f, "the step is at most {at_most:?}"),
            Self::Detached(face) => write!(f, "{face:?} is not attached to a network"),
            Self::OtherCommunication(id) => write!(f, "the session is not one of {id:?}"),
            Self::Walk(stop) => write!(f, "on the way there, {stop}"),
            Self::AckStops(stop) => write!(f, "for later packets of the initiator, {stop}"),
            Self::ReplyStops(stop) => write!(f, "on the way back, {stop}"),
            Self::OtherDelivered(packet) => write!(f, "what arrives is {packet:?}"),
            plain => f.write_str(plain.plain_text()),
        }
    }
}

impl Reason {
    /// The text of the reasons that name nothing; of the others, what they are about.
    fn plain_text(&self) -> &'static str {
        match self {
            Self::NotChained => "its premise is not the fact at which the path stands",
            Self::NoPivot => "what arrived gives no control there",
            Self::NotStored => "no store keeps that in that form",
            Self::NotOneMachine => "the facts are not control passing between two faces of one machine",
            Self::OtherEnds => "the facts are not at the ends of the session",
            Self::OtherContent => "the session does not carry that",
            Self::MayNotOpen => "the initiator does not open such sessions",
            Self::OneNode => "initiator and responder are one node",
            Self::NotListening => "the responder does not answer the delivered service",
            Self::ClientNotAdmitted => "the responder does not admit the initiator",
            Self::SourceOfAnother => "the source is not an address of the initiator",
            Self::DestinationOfAnother => "the delivered destination is not an address of the responder",
            Self::PortsWithoutPorts => "the protocol has no ports, but the packet has",
            Self::MixedFamilies => "source and destination are of two address families",
            Self::Isolated => "the zone isolates its endpoints from each other",
            Self::NotCovert => "nothing of the kind travels covertly",
            Self::ImpersonationInDirect => "impersonation is no step of the direct lens",
            Self::NoHostOfTheZone => "the impersonator is not a host of that zone",
            Self::NotBroadcast => "the zone is not one broadcast domain",
            Self::ImpersonatesItself => "the impersonator is an end of the session itself",
            Self::CommunicationNotNamed => "every communication that fits guards the step, and none is named",
            Self::EndsElsewhere => "the walk does not end in the responder's zone",
            Self::NoAck => "later packets of the initiator have no walk to the responder",
            Self::NoReply => "the reply has no walk to the initiator",
            Self::AnotherWalk => "the walk is not the only one",
            Self::NoSuchFace(_) => "a face does not exist",
            Self::NoSuchTransform(_) | Self::OtherTransform(_) => "a transform",
            Self::NoSuchRelation(_) | Self::OtherRelation(_) => "a relation",
            Self::OtherGuards { .. } | Self::GuardWorks(_) => "guards",
            Self::OtherLabels { .. } => "labels",
            Self::LessCertain { .. } => "certainty",
            Self::Detached(_) => "a face without a network",
            Self::OtherCommunication(_) => "another communication",
            Self::Walk(_) | Self::AckStops(_) | Self::ReplyStops(_) => "a device",
            Self::OtherDelivered(_) => "the delivered packet",
        }
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "device {}: {}", self.device, self.fault)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchDevice => f.write_str("it does not exist"),
            Self::NotHere => f.write_str("the packet is in another zone"),
            Self::NotItsZones => f.write_str("it does not join the two zones"),
            Self::AgainstOneWay => f.write_str("it forwards only in the other direction"),
            Self::NotRouted => f.write_str("it does not (certainly) route the packet to that zone"),
            Self::Dropped => f.write_str("it does not (certainly) let the packet pass"),
            Self::MixedFamilies => f.write_str("its translation mixes two address families"),
            Self::Mistranslated => f.write_str("its translation does not relate the two packets"),
            Self::HandedToAnother => f.write_str("a route hands the packet to another device"),
            Self::Unanswered => f.write_str("such a packet is never answered"),
            Self::OtherRule(Some(rule)) => write!(f, "rule {rule} decides"),
            Self::OtherRule(None) => f.write_str("no rule decides, the default does"),
            Self::OtherPacket(packet) => write!(f, "it lets out {packet:?}"),
        }
    }
}
