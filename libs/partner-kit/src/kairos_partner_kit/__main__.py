"""`python -m kairos_partner_kit`: the same as `kairos-conformance`."""

import sys

from kairos_partner_kit.command import main

sys.exit(main())
