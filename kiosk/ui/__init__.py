"""The windows. What they show comes from `kiosk.actions.desk.Desk`; what they change goes through it."""
