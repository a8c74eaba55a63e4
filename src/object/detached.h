// Detached, for native code around calls that may block or take long: no object may be touched inside its scope.
#pragma once
#include "memory/world.h"
