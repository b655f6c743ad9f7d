package org.dsmfs.layout;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
    private final JavaClasses layout = new ClassFileImporter()
        .withImportOption(new ImportOption.DoNotIncludeTests())
        .importPackages("org.dsmfs.layout");

    @Test
    void knowsOnlyTheEnginesPublicPackage() {
        classes().should().onlyDependOnClassesThat().resideInAnyPackage("org.dsmfs.layout", "org.dsmfs.layout.page",
            "org.dsmfs.engine", "org.agrona..", "org.slf4j", "java..").check(layout);
    }

    @Test
    void pagesDoNotKnowTheSemantics() {
        noClasses().that().resideInAPackage("org.dsmfs.layout.page").should().dependOnClassesThat()
            .resideInAPackage("org.dsmfs.layout").check(layout);
    }

    @Test
    void hasNoThreadsAndDoesNotBlock() {
        noClasses().should().dependOnClassesThat().haveFullyQualifiedName("java.lang.Thread")
            .orShould().dependOnClassesThat().haveNameMatching("java\\.util\\.concurrent\\.(locks\\..*|.*Executor.*|"
                + "CountDownLatch|Semaphore|.*BlockingQueue|CompletableFuture|ForkJoin.*)")
            .check(layout);
    }
}
