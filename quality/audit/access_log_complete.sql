select key, not is_sound as is_unexpected
from access_log
