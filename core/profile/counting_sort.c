#include "core/profile/counting_sort.h"

#include <stdlib.h>

bool counting_sort(const uint32_t *input, uint32_t *output, size_t count, const uint32_t *keys, size_t key_limit) {
    size_t *place = calloc(key_limit + 1, sizeof *place); /* place[key]: where its next row goes */
    if (!place)
        return false;
    for (size_t i = 0; i < count; i++)
        place[keys[i] + 1]++;
    for (size_t key = 0; key < key_limit; key++)
        place[key + 1] += place[key];
    for (size_t i = 0; i < count; i++) {
        uint32_t row = input ? input[i] : (uint32_t)i;
        output[place[keys[row]]++] = row;
    }
    free(place);
    return true;
}
