"""The rules of the dialogue, one module per subject; `dialogue/manager.py` holds their order."""
