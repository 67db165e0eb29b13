"""The errors a user can cause; the command line prints each as one line and exits with 1.

    HoidapError
    ├── UserInputError        a question, option or argument that cannot be used
    ├── LoadError             a file, folder or link that cannot be read as articles
    ├── ModelError            an embedding or reading model that cannot be built or loaded
    ├── SetError              a Q&A set that does not follow its schema
    └── IndexError_           an index that cannot be used as it is
        ├── IndexMissingError     there is no index at that place
        ├── IndexMismatchError    made with another schema version, encoder or chunk size
        ├── IndexDamagedError     its files contradict themselves
        └── IndexBusyError        another process is writing to it

Every message says what happened, the value that caused it and, where there is one, the command that
mends it.
"""


class HoidapError(Exception):
    """Base of every error that hoidap raises on purpose."""


class UserInputError(HoidapError):
    """A question, option or argument that cannot be used."""


class LoadError(HoidapError):
    """A file, folder or link that cannot be read as articles."""


class ModelError(HoidapError):
    """An embedding or reading model that cannot be built or loaded."""


class SetError(HoidapError):
    """A Q&A set that does not follow its schema."""


class IndexError_(HoidapError):
    """An index that cannot be used as it is (the underscore keeps the builtin's name free)."""


class IndexMissingError(IndexError_):
    """There is no index at that place."""


class IndexMismatchError(IndexError_):
    """The index was made with another schema version, encoder or chunk size."""


class IndexDamagedError(IndexError_):
    """The index's files contradict themselves."""


class IndexBusyError(IndexError_):
    """Another process is writing to the index."""
