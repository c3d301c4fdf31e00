"""`python -m dosing serve | work | migrate | parked | adopt-broker`."""

from kairos_chassis.process import main

from dosing.wiring import SERVICE

if __name__ == "__main__":
    main(SERVICE)
