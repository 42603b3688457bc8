"""Forms, kinds of answer, rules, the catalogue; no clock, network, SQL or Qt."""
