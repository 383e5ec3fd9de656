"""What the fields of a row say is wrong with it."""


def said(error):
    """By their names."""
    return "; ".join(f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items())
