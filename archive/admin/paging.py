from django.core.paginator import Paginator
from django.utils.functional import cached_property

# Past this a list is not counted: its search and filters find what its last pages would show.
MOST_COUNTED = 10_000


class BoundedPaginator(Paginator):
    @cached_property
    def count(self):
        return self.object_list.order_by()[:MOST_COUNTED].count()
