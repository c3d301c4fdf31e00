"""What the edge of a service is made of, from its settings."""

import sys

from kairos_chassis.access.cuts import Cuts
from kairos_chassis.auth import Verifier
from kairos_chassis.capabilities import Capabilities
from kairos_chassis.db import Database
from kairos_chassis.http.call import Edge
from kairos_chassis.http.cursors import Cursors
from kairos_chassis.http.limits import Limiter
from kairos_chassis.http.safety import Origins
from kairos_chassis.http.sealed_answers import AnswerSealer
from kairos_chassis.http.token_endpoint import TOKEN_PATH
from kairos_chassis.issuers import read_issuers
from kairos_chassis.key_ring import FileKeyRing
from kairos_chassis.keys import FileKeys, KeySource, UrlKeys
from kairos_chassis.partner_tokens import Partners
from kairos_chassis.partners import PartnerVerifier, read_clients
from kairos_chassis.settings import Profile, ServeSettings, Settings
from kairos_chassis.words import PatientSealing


def make_sealing(settings: Settings) -> PatientSealing | None:
    """What seals words about patients; one machine makes its ring, elsewhere it is there or lost.

    Exits 2 for a ring that is not there.
    """
    path = settings.key_ring_file
    if path is None:
        return None
    ring = FileKeyRing.make(path) if settings.profile is Profile.EMBEDDED else FileKeyRing(path)
    if not ring.names:
        sys.stderr.write("KAIROS_KEY_RING_FILE: no ring; `patient-keys rotate` makes one\n")
        sys.exit(2)
    return PatientSealing(ring)


def make_partners(settings: ServeSettings, db: Database) -> Partners | None:
    """The programs of partners, where any are listed."""
    if settings.partners_file is None:
        return None
    address = str(settings.public_url).rstrip("/") + TOKEN_PATH
    clients = read_clients(settings.partners_file)
    return Partners(verifier=PartnerVerifier(clients, address, db), token_address=address)


def make_edge(settings: ServeSettings, db: Database, capabilities: Capabilities | None) -> Edge:
    """What answers with these settings work with."""
    keys: KeySource
    if settings.jwks_file is not None:
        keys = FileKeys(settings.jwks_file)
    else:
        keys = UrlKeys(str(settings.jwks_url))
    path = settings.issuers_file
    verifier = Verifier(
        keys,
        settings.token_issuer,
        settings.token_audience,
        db.clock,
        others=() if path is None else read_issuers(path),
        cuts=Cuts(db),
    )
    limit = settings.rate_limit_per_minute
    secret = settings.cursor_key.get_secret_value().encode()
    return Edge(
        db=db,
        verifier=verifier,
        cursors=Cursors(secret),
        body_limit_bytes=settings.body_limit_bytes,
        capabilities=capabilities,
        limiter=Limiter(limit) if limit else None,
        origins=Origins(settings.cors_origins),
        partners=make_partners(settings, db),
        answers=AnswerSealer(secret),
        care_team_required=settings.care_team_required,
    )
