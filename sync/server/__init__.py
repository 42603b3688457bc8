"""The city's central server: intake of batches, streams, leases, enrolment, administration."""
