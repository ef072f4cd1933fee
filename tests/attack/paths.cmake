# What is reached by a name that others may have chosen: course folders, files to write, folders to remove.
foreach(case paper range)
  add_test(NAME attack.links.${case} COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/links.py $<TARGET_FILE:wiregrade>
    ${PROJECT_SOURCE_DIR}/challenges ${case})
  set_tests_properties(attack.links.${case} PROPERTIES SKIP_RETURN_CODE 77 LABELS attack)
endforeach()
add_test(NAME attack.files_written COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/files_written.py $<TARGET_FILE_DIR:wiregrade>
  ${PROJECT_SOURCE_DIR}/challenges)
set_tests_properties(attack.files_written PROPERTIES LABELS attack)
if("root" IN_LIST range_users)
  add_test(NAME attack.wipe.root COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/wipe.py $<TARGET_FILE:wiregrade>)
  set_tests_properties(attack.wipe.root PROPERTIES SKIP_RETURN_CODE 77 LABELS attack)
endif()
add_test(NAME attack.plain_text COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/plain_text.py $<TARGET_FILE_DIR:wiregrade>
  ${PROJECT_SOURCE_DIR}/challenges)
set_tests_properties(attack.plain_text PROPERTIES LABELS attack)
