"""The command ``cultureshift``, which is also ``python -m sim``.

It loads nothing itself, so that Ctrl-C is answered from the first line on. While the rest is being loaded nothing
has begun that would have to be taken back, so the process ends at once; :mod:`sim.commands` then takes over.
"""

try:
    import os
    import signal
    import sys

    def _end_at_once(number: int, _frame: object) -> None:
        os._exit(128 + number)

    # Whoever starts a process in the background may have it ignore interrupts; then it does.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end_at_once)
except KeyboardInterrupt:
    raise SystemExit(130) from None


def main() -> None:
    """Run the command, and leave Python with its exit code."""
    # Pictures go to files. What a notebook has left here, for windows of its own, may not even be installed.
    os.environ["MPLBACKEND"] = "agg"
    try:
        from sim.commands import main as command

        command()
    except KeyboardInterrupt:  # between two handlers
        sys.exit(128 + signal.SIGINT)


if __name__ == "__main__":
    main()
