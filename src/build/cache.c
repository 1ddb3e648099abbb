/* SPDX-License-Identifier: MIT */
/* cache.c - objects of earlier compiles, by what they were made of.
 *
 * An entry is a file <key>.nsaobj: a header and the objects. It is written under another name and renamed, so any
 * number of processes may share the folder. An entry that is short, altered or another's is ignored and
 * written anew. The folder must be ours alone: whoever can write there can run code as us. */
#include "build/build_internal.h"
#include "emit/bitcode.h"
#include "support/file.h"
#include <dirent.h>
#include <elf.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_ENTRY_BYTES ((size_t)256 << 20)
/* When the folder holds more entries, the older half goes. */
#define MAX_ENTRIES 400

typedef struct {
  char magic[8];
  build_key key;
  uint64_t lens[BUILD_PARTS];
  hash128 checksum; /* of what follows */
} entry_header;

static const char magic[8] = {'n', 's', 'a', 'o', 'b', 'j', '0', '1'};

/* ---- the key ---- */

static void add_number(hash128 *h, uint64_t x) { *h = hash_bytes(*h, &x, sizeof x); }

static void add_word(hash128 *h, const char *word) {
  add_number(h, strlen(word));
  *h = hash_bytes(*h, word, strlen(word));
}

/* The start of the running executable, as the linker names it. */
extern const Elf64_Ehdr __ehdr_start __attribute__((weak, visibility("hidden")));

static size_t padded(size_t len, size_t align) { return (len + align - 1) / align * align; }

/* Looks for the build id among notes: a header, the name "GNU", the id. */
static bool add_id_of(hash128 *h, const char *notes, size_t len, size_t align) {
  for (size_t at = 0; at + sizeof(Elf64_Nhdr) <= len;) {
    Elf64_Nhdr note;
    memcpy(&note, notes + at, sizeof note);
    size_t id = at + padded(sizeof note + note.n_namesz, align);
    if (note.n_type == NT_GNU_BUILD_ID && id + note.n_descsz <= len) {
      *h = hash_bytes(*h, notes + id, note.n_descsz);
      return true;
    }
    at = id + padded(note.n_descsz, align);
  }
  return false;
}

/* The linker's build id of the running executable: its code makes the objects. False without one. */
static bool add_build_id(hash128 *h) {
  if (&__ehdr_start == NULL)
    return false;
  const char *base = (const char *)&__ehdr_start;
  /* Addresses count from the executable's start, unless it was linked for a fixed place. */
  uint64_t shift = __ehdr_start.e_type == ET_DYN ? (uint64_t)(uintptr_t)base : 0;
  const Elf64_Phdr *segments = (const Elf64_Phdr *)(const void *)(base + __ehdr_start.e_phoff);
  for (uint32_t i = 0; i < __ehdr_start.e_phnum; i++) {
    const Elf64_Phdr *s = &segments[i];
    const char *notes = (const char *)(uintptr_t)(s->p_vaddr + shift);
    if (s->p_type == PT_NOTE && add_id_of(h, notes, s->p_memsz, s->p_align == 8 ? 8 : 4))
      return true;
  }
  return false;
}

static void add_field(hash128 *h, const ir_program *p, const ir_function *f, const nsa_kernel *kernel,
                      nsa_field_id number) {
  const nsa_field *field = &p->program->fields[number.id];
  uint32_t slot = 0;
  while (slot < kernel->slots_count && !nsa_field_is(kernel->slots[slot], number))
    slot++;
  add_number(h, slot);
  add_number(h, field->type | (uint64_t)(field->is_uniform != 0) << 8 | (uint64_t)(field->domain == f->domain) << 9);
}

static void add_operation(hash128 *h, const ir_program *p, const ir_function *f, const nsa_kernel *kernel,
                          const ir_op *op) {
  add_number(h, op->op | (uint64_t)op->type << 16 | (uint64_t)op->is_single << 24 | (uint64_t)op->aux << 32);
  ir_carries carries = ir_ops[op->op].carries;
  if (carries == IR_CARRIES_FIELD || carries == IR_CARRIES_FIELD_AUX)
    add_field(h, p, f, kernel, op->field);
  else if (carries == IR_CARRIES_KEY)
    add_number(h, op->key);
  else if (carries == IR_CARRIES_NUMBER)
    *h = hash_bytes(*h, &op->number, sizeof op->number);
  size_t args = ir_ops[op->op].arg_count;
  *h = hash_bytes(*h, op->args, args * sizeof op->args[0]);
  add_number(h, op->extra_count);
  if (op->extra_count != 0)
    *h = hash_bytes(*h, &f->extra.data[op->extra], op->extra_count * sizeof(ir_value));
}

/* Grid neighbours have the grid's size in their code. */
static void add_domain(hash128 *h, const nsa_program *p, uint32_t number) {
  const nsa_domain *domain = &p->domains[number];
  add_number(h, domain->kind);
  if (domain->kind != NSA_DOMAIN_POPULATION || domain->population.id >= p->populations_count)
    return;
  add_number(h, p->populations[domain->population.id].rows);
  add_number(h, p->populations[domain->population.id].cols);
}

static void add_function(hash128 *h, const ir_program *p, uint32_t number) {
  const ir_function *f = p->functions.data[number];
  add_number(h, f->role | (uint64_t)f->is_single << 32);
  add_domain(h, p->program, f->domain);
  add_number(h, f->ops.len);
  for (uint32_t i = 0; i < f->ops.len; i++)
    add_operation(h, p, f, &p->program->kernels[number], &f->ops.data[i]);
}

build_key build_cache_key(const ir_program *program, const build_target *target) {
  hash128 h = hash_start();
  add_word(&h, build_llvm_version(program->arena));
  add_word(&h, target->triple);
  add_word(&h, target->cpu);
  add_word(&h, target->features);
  add_number(&h, target->width);
  add_number(&h, target->pairs_vectors);
  add_build_id(&h);
  add_number(&h, program->functions.len);
  for (uint32_t i = 0; i < program->functions.len; i++)
    add_function(&h, program, i);
  return (build_key){h.lo, h.hi};
}

/* ---- the folder ---- */

static const char *wanted_folder(arena *a) {
  const char *own = getenv("NSA_CACHE"), *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
  if (own != NULL && own[0] != '\0')
    return strcmp(own, "off") == 0 ? NULL : own;
  if (xdg != NULL && xdg[0] == '/') /* a relative one is to be ignored, says the specification */
    return file_join(a, xdg, "nsa");
  return home != NULL && home[0] == '/' ? file_join(a, home, ".cache/nsa") : NULL;
}

static bool is_ours_alone(const char *folder) {
  struct stat s;
  return lstat(folder, &s) == 0 && S_ISDIR(s.st_mode) && s.st_uid == geteuid() &&
         (s.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

const char *build_cache_folder(arena *a) {
  hash128 unused = hash_start();
  const char *folder = wanted_folder(a);
  /* Without the note nothing tells this compiler from its next version. */
  if (folder == NULL || !add_build_id(&unused))
    return NULL;
  if (!file_exists(folder) && file_make_folder(file_folder(a, folder)))
    mkdir(folder, S_IRWXU);
  return is_ours_alone(folder) ? folder : NULL;
}

/* A file that we wrote, and no link to another. */
static bool is_own_file(const char *path) {
  struct stat s;
  return lstat(path, &s) == 0 && S_ISREG(s.st_mode) && s.st_uid == geteuid();
}

static char *entry_path(arena *a, const char *folder, build_key key) {
  return arena_printf(a, "%s/%016llx%016llx.nsaobj", folder, (unsigned long long)key.hi, (unsigned long long)key.lo);
}

/* ---- entries ---- */

static bool is_intact(const entry_header *header, build_key key, const uint8_t *body, size_t len) {
  hash128 sum = hash_bytes(hash_start(), body, len);
  if (memcmp(header->magic, magic, sizeof magic) != 0 || header->key.lo != key.lo || header->key.hi != key.hi ||
      header->checksum.lo != sum.lo || header->checksum.hi != sum.hi)
    return false;
  for (uint32_t i = 0; i < BUILD_PARTS; i++) {
    if (header->lens[i] > len)
      return false;
    len -= header->lens[i];
  }
  return len == 0;
}

bool build_cache_read(arena *a, const char *folder, build_key key, build_objects *objects) {
  const char *path = entry_path(a, folder, key), *error;
  size_t len;
  if (!is_own_file(path))
    return false;
  const char *data = file_read(a, path, MAX_ENTRY_BYTES, &len, &error);
  entry_header header;
  if (data == NULL || len < sizeof header)
    return false;
  memcpy(&header, data, sizeof header);
  const uint8_t *body = (const uint8_t *)data + sizeof header;
  if (!is_intact(&header, key, body, len - sizeof header))
    return false;
  for (uint32_t i = 0; i < BUILD_PARTS; i++) {
    objects->parts[i] = (build_bytes){body, header.lens[i]};
    body += header.lens[i];
  }
  return true;
}

typedef struct {
  const char *path;
  struct timespec age;
} cached_file;

static int by_age(const void *a, const void *b) {
  const struct timespec *x = &((const cached_file *)a)->age, *y = &((const cached_file *)b)->age;
  if (x->tv_sec != y->tv_sec)
    return x->tv_sec < y->tv_sec ? -1 : 1;
  return x->tv_nsec < y->tv_nsec ? -1 : x->tv_nsec > y->tv_nsec;
}

static void remove_old_entries(arena *a, const char *folder) {
  VEC(cached_file) files = {0};
  DIR *dir = opendir(folder);
  if (dir == NULL)
    return;
  for (struct dirent *d = readdir(dir); d != NULL; d = readdir(dir)) {
    struct stat s;
    const char *path = file_join(a, folder, d->d_name);
    if (strstr(d->d_name, ".nsaobj") != NULL && lstat(path, &s) == 0)
      vec_push(a, &files, ((cached_file){path, s.st_mtim}));
  }
  closedir(dir);
  if (files.len <= MAX_ENTRIES)
    return;
  qsort(files.data, files.len, sizeof files.data[0], by_age);
  for (uint32_t i = 0; i < files.len / 2; i++)
    unlink(files.data[i].path);
}

void build_cache_write(arena *a, const char *folder, build_key key, const build_objects *objects) {
  entry_header header = {.key = key};
  size_t len = sizeof header;
  for (uint32_t i = 0; i < BUILD_PARTS; i++)
    len += header.lens[i] = objects->parts[i].len;
  uint8_t *bytes = arena_alloc(a, len), *to = bytes + sizeof header;
  for (uint32_t i = 0; i < BUILD_PARTS; i++) {
    if (objects->parts[i].len != 0)
      memcpy(to, objects->parts[i].data, objects->parts[i].len);
    to += objects->parts[i].len;
  }
  memcpy(header.magic, magic, sizeof magic);
  header.checksum = hash_bytes(hash_start(), bytes + sizeof header, len - sizeof header);
  memcpy(bytes, &header, sizeof header);
  const char *error;
  remove_old_entries(a, folder);
  file_write_atomic(a, entry_path(a, folder, key), bytes, len, &error);
}
