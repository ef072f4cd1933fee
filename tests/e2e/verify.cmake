# Each case of verify.py: as root, and as an ordinary user. 77: this machine lacks a right.
set(verify_py ${CMAKE_CURRENT_LIST_DIR}/verify.py)
set(verify_args $<TARGET_FILE:wiregrade> ${PROJECT_SOURCE_DIR}/challenges ${PROJECT_SOURCE_DIR}/docs/verify-schema.json)
function(verify_test case who)
  if(NOT who IN_LIST range_users)
    return()
  endif()
  string(REPLACE ";" "." name "${case}")
  add_test(NAME e2e.verify.${name}.${who} COMMAND python3 ${verify_py} ${verify_args} ${who} ${case})
  set_tests_properties(e2e.verify.${name}.${who} PROPERTIES SKIP_RETURN_CODE 77)
endfunction()
foreach(case course_is_green another_students_flag reads_of_a_solver ended_by_sigint ended_by_sigterm ended_by_sigkill
        "hostile;daemon" "hostile;fork" "hostile;memory" "hostile;disk" "hostile;flood" "hostile;late" "hostile;killed")
  foreach(who ${range_users})
    verify_test("${case}" ${who})
  endforeach()
endforeach()
foreach(case "programs_send_from_their_address;0" "programs_send_from_their_address;1" one_router_hop junit_is_well_formed tap_is_right output_goes_to_a_file github_annotations
        repeats_are_counted failures_are_kept usage other_clauses_and_kinds mutants_are_tried codes_are_demanded patterns_are_pythons
        an_unreadable_challenge_stands_alone what_may_not_be_read a_solver_that_fails_says_so_first what_cannot_be_kept_is_told a_target_that_does_not_start a_target_that_ends "a_target_that_has_to_wait;near_misses" "a_target_that_has_to_wait;solver" the_first_refusal_is_named what_is_not_installed files_of_a_challenge no_user_namespaces)
  verify_test("${case}" user)
endforeach()
# the course is verified once under sanitizers
foreach(name course_is_green.root one_router_hop.user)
  if(TEST e2e.verify.${name})
    set_tests_properties(e2e.verify.${name} PROPERTIES LABELS slow)
  endif()
endforeach()
add_test(NAME e2e.verify.twenty_class_words COMMAND python3 ${verify_py} ${verify_args} user twenty_class_words)
set_tests_properties(e2e.verify.twenty_class_words PROPERTIES LABELS slow)
add_test(NAME e2e.verify.spec_mutation COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/verify_mutation.py
  $<TARGET_FILE:wiregrade> ${PROJECT_SOURCE_DIR}/challenges)
set_tests_properties(e2e.verify.spec_mutation PROPERTIES TIMEOUT 2400 LABELS slow)
