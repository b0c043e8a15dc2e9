/* The plain C baseline of the cycle join: counting sort of the sales by part, then per cycle two bisections. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int64_t lower_bound(const int64_t *day, int64_t low, int64_t high, int64_t wanted)
{
    while (low < high) {
        int64_t middle = (low + high) / 2;
        if (day[middle] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void sum_inside(int64_t cycles, const int64_t *item, const int64_t *start, const int64_t *end,
                const int64_t *starts, const int64_t *day, const double *total, double *cover, int64_t *lines)
{
    for (int64_t c = 0; c < cycles; c++) {
        int64_t first = lower_bound(day, starts[item[c]], starts[item[c] + 1], start[c]);
        int64_t last = lower_bound(day, first, starts[item[c] + 1], end[c]);
        lines[c] = last - first;
        cover[c] = total[last] - total[first];
    }
}

/* Sort n values of `by` (0 <= by < limit) stably: order[] receives the positions. */
static void counting_sort(int64_t n, const int64_t *by, const int64_t *from, int64_t limit, int64_t *order)
{
    int64_t *place = calloc(limit + 1, sizeof *place);
    for (int64_t k = 0; k < n; k++)
        place[by[k] + 1]++;
    for (int64_t k = 0; k < limit; k++)
        place[k + 1] += place[k];
    for (int64_t k = 0; k < n; k++)
        order[place[by[from[k]]]++] = from[k];
    free(place);
}

/* The whole join from unsorted sales: item and day of every sale, days in [0, days). */
void join(int64_t cycles, const int64_t *item, const int64_t *start, const int64_t *end, int64_t sales,
          const int64_t *sale_item, const int64_t *sale_day, const double *quantity, int64_t items, int64_t days,
          double *cover, int64_t *lines)
{
    int64_t *order = malloc(sales * sizeof *order), *by_day = malloc(sales * sizeof *by_day);
    int64_t *day = malloc(sales * sizeof *day), *starts = calloc(items + 1, sizeof *starts);
    double *total = malloc((sales + 1) * sizeof *total);
    for (int64_t k = 0; k < sales; k++)
        order[k] = k;
    counting_sort(sales, sale_day, order, days, by_day);
    counting_sort(sales, sale_item, by_day, items, order);
    total[0] = 0.0;
    for (int64_t k = 0; k < sales; k++) {
        day[k] = sale_day[order[k]];
        total[k + 1] = total[k] + quantity[order[k]];
        starts[sale_item[k] + 1]++;
    }
    for (int64_t k = 0; k < items; k++)
        starts[k + 1] += starts[k];
    sum_inside(cycles, item, start, end, starts, day, total, cover, lines);
    free(order), free(by_day), free(day), free(starts), free(total);
}
