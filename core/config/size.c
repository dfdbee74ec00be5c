/* size.c - sizes as people write them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "pyprof/config.h"

/* What a unit multiplies by; 0: there is no such unit. K, KB and KiB are 1024, and so on. */
static double unit_factor(const char *unit) {
    static const char letters[] = "kmgt";
    if (!*unit || strcasecmp(unit, "B") == 0)
        return 1;
    const char *letter = strchr(letters, *unit | 0x20);
    if (!letter)
        return 0;
    bool known = unit[1] == '\0' || strcasecmp(unit + 1, "B") == 0 || strcasecmp(unit + 1, "iB") == 0;
    return known ? ldexp(1, 10 * (int)(letter - letters + 1)) : 0;
}

bool config_size(const char *text, uint64_t *bytes) {
    char *end;
    if (*text < '0' || *text > '9')
        return false;
    size_t digits = strspn(text, "0123456789.");
    double number = strtod(text, &end);
    if (end != text + digits)
        return false;
    double value = number * unit_factor(end + strspn(end, " "));
    if (!(value >= 1 && value < 9e18))
        return false;
    *bytes = (uint64_t)value;
    return true;
}
