# SPDX-License-Identifier: MIT
# Prints a page with the file `table` put between the marks of that `name`.
$0 == "<!-- end of " name " -->" { inside = 0 }
!inside
$0 == "<!-- " name " -->" { inside = 1; while ((getline line < table) > 0) print line }
