"""The Telegram door: updates come in by webhook or polling, replies go out from the outbox.

It decides nothing: an update becomes a `Message`, a `Reply` becomes text, buttons and voice. `late_door` is what
the service opens: it loads the rest, and with it aiogram, when the other doors are open.
"""
