# Each case of paste.py
foreach(case flags many audit off served class)
  add_test(NAME e2e.paste.${case} COMMAND python3 ${CMAKE_CURRENT_LIST_DIR}/paste.py $<TARGET_FILE:wiregrade>
    ${PROJECT_SOURCE_DIR}/challenges ${case})
endforeach()
