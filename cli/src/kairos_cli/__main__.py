"""`python -m kairos_cli` is `kairos`."""

from kairos_cli.main import main

if __name__ == "__main__":
    main()
