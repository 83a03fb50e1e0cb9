w = 4.0
# ANCHOR: loop
for step in range(3):
    grad = 2 * w
    w -= 0.1 * grad
# ANCHOR_END: loop
print(w)
