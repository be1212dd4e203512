// SPDX-License-Identifier: MIT
#include "store/fixture.h"

#include "store/journal.h"
#include "store/state.h"

#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/resource.h>

#define SUBMITTERS 4
#define EACH       250

static void put_row(struct transaction *transaction, const char *address, size_t weight)
{
    char *bytes = calloc(1, weight + 1);
    memset(bytes, 'x', weight);
    const struct record record = {
        .address = address, .type = "package", .playbook = bytes, .changed_at_ms = 1};
    state_put(transaction, NULL, &record);
    free(bytes);
}

// Holds the writer thread after its first group until the gate opens, so that what is
// submitted meanwhile must be one group.
struct gate {
    sem_t reached;
    sem_t open;
    bool used; // by the writer thread only
};

static void wait_at_gate(void *context)
{
    struct gate *gate = context;
    if (gate->used)
        return;
    gate->used = true;
    sem_post(&gate->reached);
    sem_wait(&gate->open);
}

static void close_gate(struct gate *gate, struct database *database)
{
    sem_init(&gate->reached, 0, 0);
    sem_init(&gate->open, 0, 0);
    database_on_wake(database, wait_at_gate, gate);
    transaction_start(transaction_new(database), NULL, NULL);
    sem_wait(&gate->reached);
}

struct submitter {
    pthread_t thread;
    struct database *database;
    int number;
    int *done;
};

static void count_done(void *context, const struct fault *fault)
{
    assert_false(fault_is_set(fault));
    (*(int *) context)++;
}

static void *submit_each(void *argument)
{
    struct submitter *submitter = argument;
    for (int i = 0; i < EACH; i++) {
        char address[32];
        struct transaction *transaction = transaction_new(submitter->database);
        snprintf(address, sizeof address, "app:package/p%d-%d", submitter->number, i);
        put_row(transaction, address, 10);
        transaction_start(transaction, count_done, submitter->done);
    }
    return NULL;
}

static void a_thousand_transactions_are_one_commit(void **state)
{
    struct fixture *fixture = *state;
    struct submitter submitters[SUBMITTERS];
    struct state_rows rows;
    struct gate gate = {0};
    int done = 0;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    close_gate(&gate, database);
    assert_int_equal(database_commit_count(database), 1);
    for (int i = 0; i < SUBMITTERS; i++) {
        submitters[i] =
            (struct submitter){.database = database, .number = i, .done = &done};
        pthread_create(&submitters[i].thread, NULL, submit_each, &submitters[i]);
    }
    for (int i = 0; i < SUBMITTERS; i++)
        pthread_join(submitters[i].thread, NULL);
    sem_post(&gate.open);
    while (database_wait(database) > 0)
        continue;
    assert_int_equal(done, SUBMITTERS * EACH);
    assert_int_equal(database_commit_count(database), 2);
    fixture_expect(fixture,
                   state_load(database, &fixture->arena, &rows, &fixture->fault));
    assert_int_equal(rows.count, SUBMITTERS * EACH);
    assert_int_equal(database_serial(database), SUBMITTERS * EACH);
    database_close(database);
}

static void keep_fault(void *context, const struct fault *fault)
{
    *(struct fault *) context = *fault;
}

static void a_failing_one_takes_no_other_with_it(void **state)
{
    struct fixture *fixture = *state;
    struct fault first, wrong, last;
    struct state_rows rows;
    struct gate gate = {0};
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    close_gate(&gate, database);
    struct transaction *transaction = transaction_new(database);
    put_row(transaction, "app:package/a", 10);
    transaction_start(transaction, keep_fault, &first);
    transaction = transaction_new(database);
    put_row(transaction, "app:package/b", 10);
    journal_finish(transaction, 4711, RECORD_DONE, NULL); // no such step
    transaction_start(transaction, keep_fault, &wrong);
    transaction = transaction_new(database);
    put_row(transaction, "app:package/c", 10);
    transaction_start(transaction, keep_fault, &last);
    sem_post(&gate.open);
    while (database_wait(database) > 0)
        continue;
    assert_int_equal(first.kind, FAULT_NONE);
    assert_int_equal(wrong.kind, FAULT_INTERNAL);
    assert_int_equal(last.kind, FAULT_NONE);
    assert_int_equal(database_commit_count(database), 2);
    fixture_expect(fixture,
                   state_load(database, &fixture->arena, &rows, &fixture->fault));
    assert_int_equal(rows.count, 2);
    assert_non_null(state_find(&rows, "app:package/c"));
    assert_null(state_find(&rows, "app:package/b"));
    assert_int_equal(database_serial(database), 2);
    database_close(database);
}

static void limit_file_size(rlim_t limit)
{
    struct rlimit limits;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limits), 0);
    limits.rlim_cur = limit == RLIM_INFINITY ? limits.rlim_max : limit;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limits), 0);
}

static void a_disk_without_room_is_a_fault(void **state)
{
    struct fixture *fixture = *state;
    struct state_rows rows;
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    struct transaction *transaction = transaction_new(database);
    put_row(transaction, "app:package/before", 10);
    fixture_commit(fixture, transaction);

    signal(SIGXFSZ, SIG_IGN);
    limit_file_size(256 * 1024);
    transaction = transaction_new(database);
    put_row(transaction, "app:package/large", 1024 * 1024);
    bool committed = transaction_commit(transaction, &fixture->fault);
    limit_file_size(RLIM_INFINITY);
    assert_false(committed);
    assert_int_equal(fixture->fault.kind, FAULT_ERROR);
    assert_string_equal(fixture->fault.where, fixture->state);
    assert_true(fixture->fault.next[0]);

    transaction = transaction_new(database);
    put_row(transaction, "app:package/after", 10);
    fixture_commit(fixture, transaction);
    fixture_expect(fixture,
                   state_load(database, &fixture->arena, &rows, &fixture->fault));
    assert_int_equal(rows.count, 2);
    database_close(database);
}

struct report {
    int end;
    int number;
};

static void report_done(void *context, const struct fault *fault)
{
    struct report *report = context;
    if (fault_is_set(fault) ||
        write(report->end, &report->number, sizeof report->number) < 0)
        _exit(1);
    free(report);
}

// Writes rows without end, and tells of each once it is committed.
static void write_until_killed(const char *path, int end)
{
    struct database *database = NULL;
    struct fault fault;
    if (!database_open(&database, path, DATABASE_WRITE, &fault))
        _exit(1);
    for (int number = 0;; number++) {
        char address[32];
        struct report *report = calloc(1, sizeof *report);
        struct transaction *transaction = transaction_new(database);
        *report = (struct report){.end = end, .number = number};
        snprintf(address, sizeof address, "app:package/p%d", number);
        put_row(transaction, address, 100);
        transaction_start(transaction, report_done, report);
        if (number % 7 == 0)
            database_wait(database);
    }
}

static void nothing_acknowledged_is_lost_by_kill(void **state)
{
    struct fixture *fixture = *state;
    struct state_rows rows;
    int acknowledged = 0, number = 0, ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0)
        write_until_killed(fixture->state, ends[1]);
    close(ends[1]);
    int *numbers = calloc(1000000, sizeof *numbers);
    while (read(ends[0], &number, sizeof number) == sizeof number) {
        numbers[acknowledged++] = number;
        if (acknowledged == 500)
            kill(child, SIGKILL);
        assert_true(acknowledged < 1000000);
    }
    assert_true(fixture_was_killed(child));
    assert_true(acknowledged >= 500);
    struct database *database = fixture_open(fixture, DATABASE_WRITE);
    fixture_expect(fixture,
                   state_load(database, &fixture->arena, &rows, &fixture->fault));
    for (int i = 0; i < acknowledged; i++) {
        char address[32];
        snprintf(address, sizeof address, "app:package/p%d", numbers[i]);
        assert_non_null(state_find(&rows, address));
    }
    free(numbers);
    close(ends[0]);
    database_close(database);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        fixture_test(a_thousand_transactions_are_one_commit),
        fixture_test(a_failing_one_takes_no_other_with_it),
        fixture_test(a_disk_without_room_is_a_fault),
        fixture_test(nothing_acknowledged_is_lost_by_kill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
