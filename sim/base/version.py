"""The version of Cultureshift, which is also the version of its results, and the contract of its model."""

__all__ = ["CONTRACT", "FIRST_CONTRACT", "__version__", "what_differs"]

__version__ = "0.1.0"

FIRST_CONTRACT = 1
"""The contract of whatever says none: manifests, studies, links and rooms name theirs only since the second."""

CONTRACT = 2
"""Which contract of the model runs are made under."""

_SINCE = {
    1: ("first", "leaders' attention, vacant posts and cynicism are part of it, and what happens is no part of a gain"),
}
"""What an earlier contract is called, and what has changed since."""


def what_differs(what: str, contract: int) -> str:
    """Return the sentence that is told of what was made under another contract of the model.

    Parameters
    ----------
    what : what it is, as a sentence begins: "This link"
    contract : the one that it was made under

    Returns
    -------
    the sentence; empty if it was made under the contract of today

    Examples
    --------
    >>> what_differs("This link", CONTRACT)
    ''
    >>> what_differs("This link", CONTRACT + 1)
    'This link was made by a newer Cultureshift, under contract 3 of the model: numbers of then and of now differ.'
    """
    if contract == CONTRACT:
        return ""
    if contract > CONTRACT:
        return (
            f"{what} was made by a newer Cultureshift, under contract {contract} of the model: "
            "numbers of then and of now differ."
        )
    name, since = _SINCE[contract]
    return (
        f"{what} was made under the {name} contract of the model, which has changed since ({since}): "
        "numbers of then and of now differ."
    )
