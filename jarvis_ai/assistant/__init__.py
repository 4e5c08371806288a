"""What a caller wants, and when: asked of a model, or judged from words alone when none can be reached.

Nothing is brought together here on purpose: who reads words alone need not load what asks a model.
"""
