"""The command ``cultureshift``, which is also ``python -m sim``.

It loads nothing itself, so that Ctrl-C is answered from the first line on. While the rest is being loaded nothing
has begun that would have to be taken back, so the process ends at once; :mod:`sim.commands` then takes over.
"""

try:
    import atexit
    import os
    import signal
    import sys

    def _end_at_once(number: int, _frame: object) -> None:
        os._exit(128 + number)

    # Whoever starts a process in the background may have it ignore interrupts; then it does.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end_at_once)
        # Python takes our handlers away when it leaves, and an interrupt would kill it; by then the exit code is known.
        atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)
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
    finally:
        # Python remembers that a program in a string, as libraries run some, was interrupted, and would then end
        # ``python -m sim`` as one that is killed, whatever its exit code is. The next one makes it forget.
        exec("")


if __name__ == "__main__":
    main()
