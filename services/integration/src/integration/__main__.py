"""`python -m integration serve | work | migrate | parked | adopt-broker`."""

from kairos_chassis.process import main

from integration.wiring import SERVICE

if __name__ == "__main__":
    main(SERVICE)
