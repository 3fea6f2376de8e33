"""What is brought to us: webhooks and other channels, over HTTP, in a process that may face the internet.

It checks, normalises and stores, and answers only then; it judges nothing and shows no citizen's word. The
staff inbox is another process, and nothing of it can be reached from here.
"""
