"""`python -m scheduling serve | work | migrate | parked | adopt-broker`."""

from kairos_chassis.process import main

from scheduling.wiring import SERVICE

if __name__ == "__main__":
    main(SERVICE)
