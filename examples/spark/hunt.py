"""What spark-submit starts: the words behind this file go to flycatcher."""

from flycatcher.commands import main

if __name__ == "__main__":
    main()
