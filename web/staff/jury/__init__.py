"""What do staff see and do about committees: who reads what, who is late, how dossiers rank, what is released?"""

from web.routes import Pages
from web.staff.jury import batches, conflicts, minuting, progress, ranking, readers, reminding, samples, suggesting

pages = Pages()
for _area in (progress, readers, suggesting, conflicts, reminding, ranking, minuting, batches, samples):
    pages.declared += _area.pages.declared
