"""`python -m tacenda` is `tacenda`."""

from tacenda.cli import main

if __name__ == "__main__":
    main()
