# What `cmake --install` and cpack make of this build. 77 means that this machine lacks a right or a tool.
foreach(case programs_find_what_is_theirs pages_and_completions_name_every_option completions_complete units_are_well_formed
    the_package_holds_what_it_should)
  add_test(NAME install.${case} COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/install.py ${CMAKE_BINARY_DIR}
    ${CMAKE_COMMAND} ${case})
  set_tests_properties(install.${case} PROPERTIES SKIP_RETURN_CODE 77 RUN_SERIAL ON)
endforeach()
# a package of a sanitized build would prove nothing more
set_tests_properties(install.the_package_holds_what_it_should PROPERTIES LABELS slow)
