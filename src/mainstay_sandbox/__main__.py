"""Start the server: ``python -m mainstay_sandbox``."""

from mainstay_sandbox.serve import main

if __name__ == "__main__":
    main()
