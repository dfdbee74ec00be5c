#include "tui/app/navigation.h"

#include <string.h>

void navigation_leave(struct navigation *navigation, struct place from) {
    if (navigation->present == NAVIGATION_DEPTH - 1) { /* places[present] is to be free for the place gone to */
        memmove(navigation->places, navigation->places + 1, (NAVIGATION_DEPTH - 1) * sizeof from);
        navigation->present--;
    }
    navigation->places[navigation->present++] = from;
    navigation->count = navigation->present + 1;
}

bool navigation_can_go_back(const struct navigation *navigation) { return navigation->present > 0; }

bool navigation_can_go_forward(const struct navigation *navigation) {
    return navigation->present + 1 < navigation->count;
}

bool navigation_back(struct navigation *navigation, struct place *place) {
    if (!navigation_can_go_back(navigation))
        return false;
    navigation->places[navigation->present] = *place;
    *place = navigation->places[--navigation->present];
    return true;
}

bool navigation_forward(struct navigation *navigation, struct place *place) {
    if (!navigation_can_go_forward(navigation))
        return false;
    navigation->places[navigation->present] = *place;
    *place = navigation->places[++navigation->present];
    return true;
}
