"""Pages of the messages: `staff` for those who look after them, `public` for the holders of mailboxes."""
