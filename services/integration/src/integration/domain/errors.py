"""What this service refuses, each with a slug and a kind."""

from kairos_chassis.errors import Kind


class EpisodeNotFound(Exception):
    """There is no such episode."""

    slug = "episode_not_found"
    kind = Kind.NOT_FOUND


class TherapySessionNotFound(Exception):
    """There is no such therapy session."""

    slug = "therapy_session_not_found"
    kind = Kind.NOT_FOUND


class EpisodeClosed(Exception):
    """The episode is closed; open work belongs to another one."""

    slug = "episode_closed"
    kind = Kind.CONFLICT


class NotYetMissed(Exception):
    """Integration is not due yet, so it cannot have been missed. Arrange it."""

    slug = "not_yet_missed"
    kind = Kind.REFUSED


class OtherPatientsEpisode(Exception):
    """The episode belongs to another patient."""

    slug = "other_patients_episode"
    kind = Kind.CONFLICT


class NotIntegrationWork(Exception):
    """Only an integration session, individual or group, completes an episode."""

    slug = "not_integration_work"
    kind = Kind.CONFLICT


class ImpossibleTimes(Exception):
    """A session ends after it starts, and is recorded after it ended."""

    slug = "impossible_times"
    kind = Kind.INVALID


class BeforeTheDose(Exception):
    """Integration work follows the dosing session of its episode."""

    slug = "before_the_dose"
    kind = Kind.CONFLICT
