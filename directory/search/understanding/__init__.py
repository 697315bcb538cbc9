"""What a sentence means: needs, people, nationalities, languages, places, consulates and organizations in its words."""
