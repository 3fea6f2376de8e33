"""One file per part of the app: sign-in, queue, ticket, actions, oversight, and the pages for problems."""
