"""The browser pages of the central system: sign-in, work list, cases, terminals, public check of a seal.

Server-rendered and whole without JavaScript; only the live camera of the public page needs it. A signed-in
person acts through `kiosk.actions.desk.Desk` over the centre's own terminal: the same workflow files, the
same checks and the same secrecy as at a counter.

Who sees what: the work list and cases, whoever has an account, in his own roles; the terminals and what is
held back, supervisors (no role of its own is needed, for an office names its roles itself); the check of a
seal, anybody.
"""
