#include <stdio.h>

#include <aiueo.h>

int main(void) {
    printf("aiueo %s\n", aiueo_version());
    return aiueo_abi_version() == AIUEO_ABI_VERSION ? 0 : 1;
}
