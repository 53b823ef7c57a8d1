from hypothesis import settings

# A loaded machine is no bug: no test of this folder may fail for the time it took.
settings.register_profile("sites", deadline=None)
settings.load_profile("sites")
