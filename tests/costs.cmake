# Read by ctest: the tests that take longest begin first, so that none runs alone at the end. COST is
# about their seconds with sanitizers; a name that is no longer there does nothing.

foreach(
  one
  "297;a state is not believed"
  "207;expected renewals are those of a plain sum, contract by contract"
  "97;intervals hold as often as they say, and months that differ are noticed"
  "65;findings are what their schemas say"
  "58;what came is told apart exactly, and a saved forecast says the same"
  "35;a forecast as of an earlier month knows nothing later"
  "29;Parts of a change are what re-scoring by hand gives, and sum to it")
  list(POP_FRONT one cost)
  set_tests_properties("aiueo_unit/${one}" PROPERTIES COST ${cost})
endforeach()
