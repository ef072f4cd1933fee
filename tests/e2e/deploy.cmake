# Each case of deploy.py, with the course that has every key.
foreach(case twice late by_hand files rename reset two_of_one_name type_changed prune only killed long_name older render plugin)
  add_test(NAME e2e.deploy.${case} COMMAND ${CMAKE_CURRENT_LIST_DIR}/deploy.py $<TARGET_FILE:wiregrade>
    ${PROJECT_SOURCE_DIR}/tests/clients/course ${case})
endforeach()
# a board, a class and three deploys for each write
set_tests_properties(e2e.deploy.killed PROPERTIES LABELS slow)
