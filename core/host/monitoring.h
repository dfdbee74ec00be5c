/* monitoring.h - sys.monitoring (3.12) tells of the original code: its code objects, its offsets, its instructions. */
#ifndef PYPROF_HOST_MONITORING_H
#define PYPROF_HOST_MONITORING_H

#include "core/host/python_version.h"

/* Stands in front of the functions of sys.monitoring where there is one. false: an exception is set. */
bool monitoring_install(void);

#endif
