// SPDX-License-Identifier: MIT
//
// What every database behind the store must do, written against its public headers only:
// database.h, state.h, journal.h, secret.h, measurement.h. A second kind of database is
// put under it by another opener.
#pragma once

#include "store/journal.h"
#include "store/measurement.h"
#include "store/secret.h"
#include "store/state.h"

#include "store/fixture.h"

struct contract {
    struct fixture *fixture;
    struct database *database;
    struct vault *vault;
};

// Opens the same database each time it is called in one test: what was committed is there
// again. The place is a folder of the test's own.
typedef bool (*contract_open_fn)(struct database **database, const char *place,
                                 enum database_mode mode, struct fault *fault);

// Each test is given one of these as its state.
struct contract_case {
    contract_open_fn open;
    void (*test)(struct contract *contract, contract_open_fn open);
};

static inline void contract_open(struct contract *contract, contract_open_fn open,
                                 enum database_mode mode)
{
    struct fixture *fixture = contract->fixture;
    fixture_expect(fixture,
                   open(&contract->database, fixture->state, mode, &fixture->fault));
    if (contract->database)
        fixture_expect(fixture, vault_open(&contract->vault, contract->database,
                                           mode == DATABASE_WRITE, &fixture->fault));
}

static inline void contract_close(struct contract *contract)
{
    vault_close(contract->vault);
    database_close(contract->database);
    contract->vault = NULL;
    contract->database = NULL;
}

static inline void contract_commit(struct contract *contract,
                                   struct transaction *transaction)
{
    fixture_commit(contract->fixture, transaction);
}

static inline struct state_rows contract_rows(struct contract *contract)
{
    struct state_rows rows;
    fixture_expect(contract->fixture,
                   state_load(contract->database, &contract->fixture->arena, &rows,
                              &contract->fixture->fault));
    return rows;
}
