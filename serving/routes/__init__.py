"""The endpoints: verdicts, jobs, and what the service says about itself."""
