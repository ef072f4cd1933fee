# ADD A SCOREBOARD HERE too: every case over every scoreboard; a real CTFd where the environment names one
add_executable(contract_driver contract/driver.c)
target_link_libraries(contract_driver PRIVATE wg_grader wg_unit)
set(contract_modes users teams)
if(DEFINED ENV{WIREGRADE_CTFD_URL})
  list(APPEND contract_modes real)
endif()
foreach(mode ${contract_modes})
  foreach(case challenges_are_found_by_their_whole_name two_of_one_name_are_many
      users_are_found_by_their_whole_name_or_address a_solve_counts_once a_solve_is_listed_and_taken_back_once a_solve_of_what_is_not_there_is_unclear
      all_of_a_challenge_comes_back parts_are_made_changed_and_removed a_wrong_token_needs_a_person)
    set(name contract.driver.${case}.${mode})
    add_test(NAME ${name} COMMAND ${CMAKE_CURRENT_LIST_DIR}/driver.py $<TARGET_FILE:contract_driver>
      $<TARGET_FILE:wiregrade-board> ${case} ${mode})
    set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE 77)
  endforeach()
endforeach()
